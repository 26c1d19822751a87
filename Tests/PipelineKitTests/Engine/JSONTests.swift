import PipelineKit
import Testing

@Suite struct JSONTests {
  @Test func writesInOrderWithEscapes() {
    let value = JSON.object([
      ("b", .array([.integer(1), .number(0.1), .number(-0.0), .null, .bool(true)])), ("a", .string("x\"\\\n\u{1}é")),
      ("empty", .array([])),
    ])
    #expect(value.text() == #"{"b":[1,0.1,0,null,true],"a":"x\"\\\n\u0001é","empty":[]}"#)
    #expect(JSON.object([("a", .array([.integer(1)]))]).text(indent: 2) == "{\n  \"a\": [\n    1\n  ]\n}")
  }

  @Test(arguments: [(1.0, "1"), (73.1, "73.1"), (1e-5, "1e-05"), (1e300, "1e+300"), (-2.5, "-2.5")])
  func numbersReadBack(value: Double, text: String) {
    #expect(JSON.text(of: value) == text)
    #expect(Double(text) == value)
  }
}
