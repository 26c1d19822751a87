import PipelineKit
import SourceAdapters
import Tabular
import Testing

private let folder = fixtures + "singer/"

private func adapter(_ change: (inout Singer.Options) -> Void = { _ in }) throws -> Singer {
  var options = Singer.Options()
  change(&options)
  return try Singer(options: options, context: RunContext())
}

private func located(_ texts: [String]) -> [Located] { texts.map { Located($0, at: SourcePosition(file: "test")) } }

private let tap = ["python3", folder + "tap_permits.py"]

/// Files of messages.
@Suite struct SingerMessagesTests {
  @Test func rowsAndColumns() throws {
    var table: Table?
    let warnings = try warnings {
      table = try readAll(adapter(), [folder + "valid_messages.jsonl"], origin: delivery, context: $0)
    }
    let read = try #require(table)
    #expect(
      read.schema.fields.map { "\($0.name) \($0.type.rawValue) \($0.role.rawValue)" } == [
        "code string key", "name string measure", "share float64 measure", "count int64 measure",
        "since string measure", "active string measure",
      ])
    #expect(read.schema["share"]?.origins.map(\.column) == ["share"])
    let none = "<unspecified>"
    #expect(try cells(read, "code") == ["14101", "14102", "14103"])
    #expect(try cells(read, "name") == ["Súd", none, "Noord \"oud\""])
    #expect(try cells(read, "share") == ["12.5", none, "0.25"])
    #expect(try cells(read, "count") == ["100", "7", none])
    #expect(try cells(read, "active") == ["true", "false", "true"])
    #expect(warnings == ["\(folder)valid_messages.jsonl: properties that hold objects or lists are left out: parts"])
  }

  @Test func otherStreamsAndPropertiesAreWarnedOf() throws {
    let path = folder + "undecided_two_streams.jsonl"
    let warned = try warnings { context in
      let table = try readAll(adapter(), [path], context: context)
      #expect(table.rowCount == 2)
    }
    #expect(
      warned == [
        "\(path): other streams are left out: owners; \"stream\" names the one to read",
        "\(path): properties that hold objects or lists are left out: parts",
        "\(path): the property \"extra\" is not in the schema of its stream and is left out",
      ])
    let owners = try readAll(adapter { $0.stream = "owners" }, [path])
    #expect(try cells(owners, "x") == ["a"])
  }

  @Test func mistakes() throws {
    let expected = [
      ("invalid_record_first.jsonl", ":1: a record of the stream \"areas\" comes before its schema"),
      (
        "invalid_type.jsonl",
        ":2: a message has the type \"BATCH\"; known are SCHEMA, RECORD, STATE and ACTIVATE_VERSION"
      ),
      (
        "invalid_number.jsonl",
        ":3: column \"share\": cannot read \"many\" as a number; the adapter's decimal mark is \".\"; if the text stands for "
          + "a missing value, name it under markers; if the column holds text, set types: {share: string}"
      ),
      (
        "invalid_schema_changes.jsonl",
        ":3: the schema of the stream \"areas\" changes on the way; its rows make no one table"
      ),
      ("invalid_key.jsonl", ":1: the key \"id\" of the stream \"areas\" is not among its properties"),
      ("invalid_cut.jsonl", ":3: ends inside the JSON document; the file is cut off, fetch it again"),
    ]
    for (name, text) in expected {
      #expect(message { _ = try readAll(adapter(), [folder + name]) } == "singer/\(name)\(text)")
    }
    #expect(
      message { _ = try readAll(adapter { $0.stream = "area" }, [folder + "valid_messages.jsonl"]) }
        == "singer/valid_messages.jsonl:8: does not describe the stream \"area\"; it has areas; did you mean \"areas\"?"
    )
    try withFile("\n\n", ".jsonl") { path in
      #expect(message { _ = try readAll(adapter(), [path]) }.hasSuffix(".jsonl:2: describes no stream"))
    }
    try withFile("", ".jsonl") { path in
      #expect(
        message { _ = try readAll(adapter(), [path]) }.hasSuffix(
          ".jsonl: is empty; expected messages of the Singer protocol"))
    }
  }

  @Test func aMessageWithoutEndIsRefused() throws {
    let text = "{\"type\":\"SCHEMA\",\"stream\":\"a\",\"x\":\"" + String(repeating: "a", count: 17 << 20)
    try withFile(text, ".jsonl") { path in
      #expect(message { _ = try readAll(adapter(), [path]) }.hasSuffix(".jsonl:1: a message is longer than 16 MiB"))
    }
  }

  @Test func recognition() throws {
    func judge(_ name: String) throws -> Recognition {
      Singer.recognise(head: try RunContext().head(folder + name), path: name)
    }
    #expect(try judge("valid_messages.jsonl") == Recognition(95, "a SCHEMA message of the Singer protocol"))
    #expect(try judge("valid_config.json").confidence == 0)
    #expect(try judge("README.md").confidence == 0)
  }
}

/// A tap as a child process.
@Suite struct SingerTapTests {
  @Test func recordsOfATap() throws {
    let context = RunContext()
    let config = folder + "valid_config.json"
    let table = try readAll(adapter { $0.command = located(tap) }, [config], context: context)
    #expect(table.rowCount == 10)
    #expect(try cells(table, "area").prefix(2) == ["GM0141", "GM0153"])
    #expect(try cells(table, "year").prefix(3) == ["2019", "2019", "2020"])
    #expect(try cells(table, "permits").prefix(5) == ["1", "3", "<unspecified>", "<unspecified>", "21"])
    #expect(try cells(table, "share").last == "1.0")
    #expect(try cells(table, "note").first == "first\u{2028}second\u{85}third")
    #expect(context.filesRead.map(\.path) == [config])
    #expect(context.keptFiles.isEmpty)
  }

  /// The state is handed over for the time after the outputs, and given to the tap the next time.
  @Test func stateIsKeptForLater() throws {
    try withFile("{\"year\": 2021}", ".json") { state in
      let context = RunContext()
      let adapter = try adapter {
        $0.command = located(tap)
        $0.state = SpecPath(state, at: SourcePosition(file: "test"))
      }
      let table = try readAll(adapter, [folder + "valid_config.json"], context: context)
      #expect(try cells(table, "year") == ["2022", "2022", "2023", "2023"])
      #expect(context.keptFiles.map(\.path) == [state])
      #expect(context.keptFiles.map(\.text) == ["{\"year\": 2023}\n"])
      #expect(try RunContext().text(state) == "{\"year\": 2021}")
    }
  }

  @Test func aFailingTapIsAnError() throws {
    let config = folder + "invalid_config_fails.json"
    let context = RunContext()
    let text = message {
      _ = try readAll(
        adapter {
          $0.command = located(tap)
          $0.state = SpecPath("/tmp/peil-no-such-state.json", at: SourcePosition(file: "test"))
        }, [config], context: context)
    }
    #expect(
      text
        == "\((tap + ["--config", config]).joined(separator: " ")): the tap ended with exit code 3; its last errors:\n"
        + "  connecting\n  the server said: 503")
    #expect(context.keptFiles.isEmpty)
  }

  @Test func aSlowTapIsEnded() throws {
    let adapter = try adapter {
      $0.command = located(tap)
      $0.timeLimit = 2
    }
    let text = message { _ = try readAll(adapter, [folder + "invalid_config_slow.json"]) }
    #expect(text.hasSuffix("the tap still ran after 2 s and was ended; set time_limit higher; it wrote no errors"))
  }

  @Test func aReaderThatStopsEndsTheTap() throws {
    let adapter = try adapter { $0.command = located(["sh", "-c", "cat \(folder)valid_messages.jsonl; exec yes ''"]) }
    let input = Input(parts: [InputPart(path: folder + "valid_config.json")])
    // The tap never ends by itself: its schema must do.
    #expect(try adapter.schema(of: input, context: RunContext()).count == 6)
  }

  @Test func programsThatAreNotThereAndSignals() throws {
    let config = folder + "valid_config.json"
    #expect(
      message { _ = try readAll(adapter { $0.command = located(["peil-no-such-tap"]) }, [config]) }
        == "peil-no-such-tap --config \(config): the tap cannot be started: No such file or directory; check that the "
        + "program \"peil-no-such-tap\" is installed, and how it is spelled under \"command\"")
    #expect(
      message { _ = try readAll(adapter { $0.command = located(["sh", "-c", "kill -9 $$"]) }, [config]) }.hasSuffix(
        ": the tap was ended by signal 9; it wrote no errors"))
  }

  /// Nothing reads the arguments but the program.
  @Test func argumentsArriveAsTheyAre() throws {
    let odd = "$(echo x); \"' *"
    let script = "import sys, json\nprint(json.dumps({'type': 'SCHEMA', 'stream': sys.argv[1], 'schema': {}}))"
    let text = message {
      _ = try readAll(
        adapter { $0.command = located(["python3", "-c", script, odd]) }, [folder + "valid_config.json"])
    }
    #expect(text.hasSuffix("the schema of the stream \"\(odd)\" has no properties to read"))
  }
}
