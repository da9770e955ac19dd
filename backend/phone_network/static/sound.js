// What can be heard: the browser's own Chinese voice, key tones, and the microphone where the browser recognises speech.
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

// Speak the parts of one line; `began` and `ended` mark the caption that is being read.
export function speak(parts, began, ended) {
  const voice = chineseVoice();
  const spoken = parts.filter((part) => part.text);
  if (!voice || !spoken.length) return;
  spoken.forEach((part, place) => {
    const utterance = new SpeechSynthesisUtterance(part.text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = rateOf(part.rate);
    if (place === 0) utterance.addEventListener("start", began);
    if (place === spoken.length - 1) {
      utterance.addEventListener("end", ended);
      utterance.addEventListener("error", ended);
    }
    speechSynthesis.speak(utterance);
  });
}

// A recorded prompt (V07). Only from our own origin: the page loads nothing from elsewhere.
let playing;
export function play(url) {
  const address = new URL(url, location.href);
  if (address.host !== location.host) return;
  playing = new Audio(address.pathname + address.search);
  playing.play().catch(() => {});
}

export function hush() {
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
