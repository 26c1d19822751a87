extension Column {
  /// A column that repeats one value, given as text; text that is no value of `type` gives missing cells (`rejected`).
  public static func constant(_ text: String, _ type: ColumnType, count: Int) -> Column {
    switch type {
    case .string:
      var builder = StringDictionaryBuilder()
      let code = builder.code(of: text)
      return .string(StringColumn(codes: [UInt32](repeating: code, count: count), dictionary: builder.build()))
    case .int64:
      guard let value = Int64(text) else { break }
      return .int64(Int64Column([Int64](repeating: value, count: count)))
    case .float64:
      guard let value = Double(text), value.isFinite else { break }
      return .float64(Float64Column([Double](repeating: value, count: count)))
    case .bool:
      guard let value = ["false": UInt8(0), "true": 1][text] else { break }
      return .bool(BoolColumn([UInt8](repeating: value, count: count)))
    case .date: break
    }
    return .allMissing(type, reason: .rejected, count: count)
  }
}
