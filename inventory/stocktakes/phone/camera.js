// Reading codes: by the camera where the browser lends it, else from a photo of the label.

import QrScanner from "./qr-scanner.min.js";

const LONGEST_SIDE = 1600;
const SCANNED_SIDE = 640;
const QUALITY = 0.8;
const PAUSE_MS = 2500;

// The largest square in the middle: nobody holds a phone so that a small one is hit.
function wholeSquare(video) {
  const side = Math.min(video.videoWidth, video.videoHeight);
  const scaled = Math.min(side, SCANNED_SIDE);
  return {
    x: Math.round((video.videoWidth - side) / 2),
    y: Math.round((video.videoHeight - side) / 2),
    width: side,
    height: side,
    downScaledWidth: scaled,
    downScaledHeight: scaled,
  };
}

// Browsers lend the camera to pages that came by TLS (or from this machine) only.
export function mayUseCamera() {
  return window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);
}

export class Camera {
  // the same label before the lens is told of once, and again after a pause
  constructor(video, onCode) {
    let last = "";
    let lastAt = 0;
    const tell = ({ data }) => {
      const now = Date.now();
      if (!data || (data === last && now - lastAt < PAUSE_MS)) {
        if (data) lastAt = now;
        return;
      }
      last = data;
      lastAt = now;
      onCode(data);
    };
    const options = {
      preferredCamera: "environment",
      calculateScanRegion: wholeSquare,
      maxScansPerSecond: 8,
      returnDetailedScanResult: true,
      onDecodeError: () => {},
    };
    this.scanner = new QrScanner(video, tell, options);
  }

  start() {
    return this.scanner.start();
  }

  stop() {
    this.scanner.destroy();
  }
}

// The text of the code on a photo; null where there is none to be read.
export async function codeOnPhoto(file) {
  try {
    const found = await QrScanner.scanImage(file, {
      returnDetailedScanResult: true,
      alsoTryWithoutScanRegion: true,
    });
    return found.data || null;
  } catch {
    return null;
  }
}

// A photo small enough for a bad network, as JPEG; null where it is none the browser can read.
export async function smaller(file) {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob ? { type: blob.type, bytes: await blob.arrayBuffer() } : null;
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
}
