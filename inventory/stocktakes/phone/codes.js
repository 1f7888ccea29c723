// Codes of labels, as inventory/labels/rules.py has them.

const ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ";
const LENGTH = 8;

export function readCode(scanned) {
  let text = scanned.normalize("NFKC").trim();
  if (text.includes("://")) {
    text = text.split(/[?#]/)[0].replace(/\/+$/, "").split("/").pop();
  }
  const plain = text.replace(/[\s\-\u2010\u2011\u2013\u2014\u00b7_]/g, "").toUpperCase();
  if (plain.length !== LENGTH || [...plain].some((one) => !ALPHABET.includes(one))) {
    return { text, code: null, isMistyped: false };
  }
  let total = 0;
  for (let place = 0; place < LENGTH - 1; place += 1) {
    total += (place + 2) * ALPHABET.indexOf(plain[place]);
  }
  const isRight = ALPHABET[total % ALPHABET.length] === plain[LENGTH - 1];
  return { text, code: isRight ? plain : null, isMistyped: !isRight };
}

export function spelled(code) {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
}
