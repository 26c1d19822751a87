/// The day `day` days after 1970-01-01 as `YYYY-MM-DD`, in the proleptic Gregorian calendar.
func isoDay(_ day: Int64) -> String {
  // Days from 0000-03-01: leap days are last in a year that starts in March.
  let z = day + 719_468
  let era = (z >= 0 ? z : z - 146_096) / 146_097
  let dayOfEra = z - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shifted = (5 * dayOfYear + 2) / 153
  let month = shifted < 10 ? shifted + 3 : shifted - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  let sign = year < 0 ? "-" : ""
  return sign + padded(abs(year), 4) + "-" + padded(month, 2) + "-" + padded(dayOfYear - (153 * shifted + 2) / 5 + 1, 2)
}

/// A moment as text; the digits of the second show the unit.
func moment(_ value: Int64, _ unit: TimeUnit, utc: Bool) -> String {
  let perDay = unit.perSecond * 86_400
  var (day, rest) = value.quotientAndRemainder(dividingBy: perDay)
  if rest < 0 {
    rest += perDay
    day -= 1
  }
  return isoDay(day) + "T" + timeOfDay(rest, unit) + (utc ? "Z" : "")
}

/// A time of day as text; the digits of the second show the unit.
func timeOfDay(_ value: Int64, _ unit: TimeUnit) -> String {
  let (seconds, fraction) = value.quotientAndRemainder(dividingBy: unit.perSecond)
  let digits = unit == .millis ? 3 : unit == .micros ? 6 : 9
  return padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2) + "."
    + padded(fraction, digits)
}

private func padded(_ value: Int64, _ digits: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// Bytes of a UUID as text.
func uuidText(_ bytes: ArraySlice<UInt8>) -> String {
  var text = ""
  for (i, byte) in bytes.enumerated() {
    if [4, 6, 8, 10].contains(i) { text += "-" }
    text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
  return text
}

/// A number of at most 16 bytes, highest byte first, in two's complement.
func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int128 {
  let negative = bytes.first.map { $0 >= 0x80 } ?? false
  return bytes.reduce(negative ? -1 : 0) { $0 << 8 | Int128($1) }
}

/// The double nearest to `unscaled` / 10^`scale`.
func decimalValue(_ unscaled: Int128, scale: Int) -> Double {
  // Both sides are exact here, so that the quotient is rounded once.
  if scale <= 22, unscaled.magnitude <= 1 << 53 { return Double(unscaled) / powersOfTen[scale] }
  return Double("\(unscaled)e-\(scale)") ?? .nan
}

private let powersOfTen: [Double] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]

/// A number of half precision.
func half(_ bits: UInt16) -> Double {
  let sign: Double = bits >> 15 == 1 ? -1 : 1
  let exponent = Int(bits >> 10 & 0x1F)
  let fraction = Double(bits & 0x3FF)
  switch exponent {
  case 0: return sign * Double(sign: .plus, exponent: -24, significand: 1) * fraction
  case 31: return fraction == 0 ? sign * .infinity : .nan
  default: return sign * Double(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
  }
}

/// Whether `text` is well-formed UTF-8.
func isUTF8(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
  let raw = UnsafeRawBufferPointer(text)
  var i = 0
  while i + 8 <= raw.count, raw.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 { i += 8 }
  if !text[i...].contains(where: { $0 >= 0x80 }) { return true }
  return String(validating: text, as: UTF8.self) != nil
}
