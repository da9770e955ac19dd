// Loaded before a peer: it may listen on loopback only, whatever it would do by itself.
const net = require("node:net");
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  if (typeof port === "object" && port !== null) return listen.call(this, { ...port, host: "127.0.0.1" }, ...rest);
  const others = rest.filter((one) => typeof one === "function");
  return listen.call(this, port, "127.0.0.1", ...others);
};
