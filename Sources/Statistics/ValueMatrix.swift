/// Areas in rows and indicators (or any parts) in columns; a cell may be absent.
///
/// Each column stands in one run of memory, so that functions over one indicator take a ``ValueView`` of it. Absent cells
/// hold 0. A matrix belongs to one thread while it is written; its buffers and views hold for as long as it lives.
public final class ValueMatrix {
  /// Rows: areas.
  public let rowCount: Int
  /// Columns: indicators.
  public let columnCount: Int
  private let wordCount: Int
  private let storage: UnsafeMutablePointer<Double>
  private let presence: UnsafeMutablePointer<UInt64>

  /// A matrix in which every cell is absent.
  public init(rows: Int, columns: Int) {
    rowCount = rows
    columnCount = columns
    wordCount = (rows + 63) >> 6
    storage = .allocate(capacity: rows * columns)
    storage.initialize(repeating: 0, count: rows * columns)
    presence = .allocate(capacity: wordCount * columns)
    presence.initialize(repeating: 0, count: wordCount * columns)
  }

  /// A matrix of the given columns, which are equally long; nil is an absent cell.
  public convenience init(_ columns: [[Double?]]) {
    let rows = columns.first?.count ?? 0
    self.init(rows: rows, columns: columns.count)
    for (column, cells) in columns.enumerated() {
      precondition(cells.count == rows, "columns must be equally long")
      for (row, cell) in cells.enumerated() { self[row, column] = cell }
    }
  }

  deinit {
    storage.deallocate()
    presence.deallocate()
  }

  /// The numbers of a column, present or not.
  public func values(_ column: Int) -> UnsafeMutableBufferPointer<Double> {
    precondition(column < columnCount, "no such column")
    return .init(start: storage + column * rowCount, count: rowCount)
  }

  /// The presence bits of a column in words of 64 rows; bits beyond the last row are 0.
  public func words(_ column: Int) -> UnsafeMutableBufferPointer<UInt64> {
    precondition(column < columnCount, "no such column")
    return .init(start: presence + column * wordCount, count: wordCount)
  }

  /// A column as statistics read it; holds for as long as the matrix lives.
  public func view(_ column: Int) -> ValueView {
    ValueView(.init(values(column)), validity: .init(words(column)))
  }

  /// Views of all columns.
  public var views: [ValueView] { (0..<columnCount).map { view($0) } }

  /// Whether the cell has a number.
  @inline(__always)
  public func isPresent(_ row: Int, _ column: Int) -> Bool {
    presence[column * wordCount + row >> 6] >> UInt64(row & 63) & 1 == 1
  }

  /// One cell; nil when it is absent.
  public subscript(row: Int, column: Int) -> Double? {
    get { isPresent(row, column) ? storage[column * rowCount + row] : nil }
    set {
      precondition(row < rowCount && column < columnCount, "no such cell")
      storage[column * rowCount + row] = newValue ?? 0
      let bit: UInt64 = 1 << UInt64(row & 63)
      if newValue == nil {
        presence[column * wordCount + row >> 6] &= ~bit
      } else {
        presence[column * wordCount + row >> 6] |= bit
      }
    }
  }

  /// The present numbers of a column, from the first row to the last.
  public func present(_ column: Int) -> [Double] {
    (0..<rowCount).compactMap { self[$0, column] }
  }

  /// The rows in which every one of `columns` is present.
  public func completeRows(_ columns: [Int]) -> [Int] {
    (0..<rowCount).filter { row in columns.allSatisfy { isPresent(row, $0) } }
  }

  /// The cells of a column; nil where absent.
  public func cells(_ column: Int) -> [Double?] { (0..<rowCount).map { self[$0, column] } }
}
