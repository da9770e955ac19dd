// What can be heard: the browser's own Chinese voice or the network's, key tones, and the microphone where the browser recognises speech.
const RATES = { "x-slow": 0.5, slow: 0.75, medium: 1, default: 1, fast: 1.25, "x-fast": 1.5 };
const TONES = {
  1: [697, 1209], 2: [697, 1336], 3: [697, 1477], 4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
  7: [852, 1209], 8: [852, 1336], 9: [852, 1477], "*": [941, 1209], 0: [941, 1336], "#": [941, 1477],
};
let context;

export function chineseVoice() {
  if (!("speechSynthesis" in window)) return null;
  const voices = speechSynthesis.getVoices().filter((voice) => /^(zh|cmn)([-_]|$)/i.test(voice.lang));
  return voices.find((voice) => /CN|Hans/i.test(voice.lang)) || voices[0] || null;
}

export function onVoicesChanged(listener) {
  if ("speechSynthesis" in window) speechSynthesis.addEventListener("voiceschanged", listener);
}

function rateOf(rate) {
  if (!rate) return 0.9; // Older listeners want the machine slower than themselves (V06).
  return RATES[rate] || Number.parseFloat(rate) / 100 || 0.9;
}

// One thing after the other, as down a telephone line; `hush` drops what is still to come.
let line = Promise.resolve();
let generation = 0;
let playing;
function queue(deed) {
  const mine = generation;
  line = line.then(() => (mine === generation ? deed() : undefined)).catch(() => {});
}

function sound(address) {
  return new Promise((resolve) => {
    playing = new Audio(address);
    for (const over of ["ended", "error", "pause"]) playing.addEventListener(over, resolve);
    playing.play().catch(resolve);
  });
}

function utter(part, voice) {
  return new Promise((resolve) => {
    const utterance = new SpeechSynthesisUtterance(part.text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = rateOf(part.rate);
    utterance.addEventListener("end", resolve);
    utterance.addEventListener("error", resolve);
    speechSynthesis.speak(utterance);
  });
}

// Where the browser has no Chinese voice, the network's own, if it has one: made after the words have come.
let networkVoice = false;
export function haveNetworkVoice(there) { networkVoice = there; }
export function canSpeak() { return networkVoice || Boolean(chineseVoice()); }

// Speak the parts of one line; `began` and `ended` mark the caption that is being read.
export function speak(parts, began, ended) {
  const spoken = parts.filter((part) => part.text);
  if (!canSpeak() || !spoken.length) return;
  queue(async () => {
    const mine = generation;
    began();
    for (const part of spoken) {
      if (mine !== generation) break;
      const voice = chineseVoice();
      const pace = Math.round(rateOf(part.rate) * 100);
      await (voice ? utter(part, voice) : sound(`/phone/api/voice?${new URLSearchParams({ text: part.text, pace })}`));
    }
    ended();
  });
}

// A recorded prompt (V07). Only from our own origin: the page loads nothing from elsewhere.
export function play(url) {
  const address = new URL(url, location.href);
  if (address.host === location.host) queue(() => sound(address.pathname + address.search));
}

export function hush() {
  generation += 1;
  line = Promise.resolve();
  if (playing) playing.pause();
  if ("speechSynthesis" in window) speechSynthesis.cancel();
}

export function tone(key) {
  const pair = TONES[key];
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!pair || !Context) return;
  context = context || new Context();
  const gain = context.createGain();
  gain.gain.value = 0.06;
  gain.connect(context.destination);
  for (const hertz of pair) {
    const oscillator = context.createOscillator();
    oscillator.frequency.value = hertz;
    oscillator.connect(gain);
    oscillator.start();
    oscillator.stop(context.currentTime + 0.12);
  }
}

export function recogniser(onWords, onEnd) {
  const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  if (!Recognition) return null;
  const recognition = new Recognition();
  recognition.lang = "zh-CN";
  recognition.addEventListener("result", (event) => onWords(event.results[0][0].transcript));
  recognition.addEventListener("end", onEnd);
  recognition.addEventListener("error", onEnd);
  return recognition;
}
