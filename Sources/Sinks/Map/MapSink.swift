public import PipelineKit
import Tabular

/// Draws one column as a map of coloured areas, or writes it as GeoJSON.
public struct MapSink: Sink {
  /// The forms of a map.
  public enum Format: String, OptionChoice {
    /// A drawing that needs no other file.
    case svg
    /// Features with their figures, for other programs.
    case geojson
  }

  /// What the pipeline file says.
  public struct Options: PluginOptions {
    var value = Located("", at: SourcePosition(file: ""))
    var area = Located("", at: SourcePosition(file: ""))
    var name: Located?
    var period: Located?
    var geometry: Located?
    var format = Format.svg
    var classes = 5
    var breaks: [Double] = []
    var title = ""

    /// Five classes of equal width.
    public init() {}

    /// The options.
    public static var declaration: [OptionField<Self>] {
      [
        .init("value", \.value, required: true, "The column with the figures."),
        .init("area", \.area, required: true, "The column with the codes of the areas."),
        .init("name", \.name, "The column with the names of the areas."),
        .init(
          "period", \.period, "The column with the periods: each gets a map of its own, all with the same classes."),
        .init("geometry", \.geometry, "The column with the boundaries as well-known text; without it geometry."),
        .init("format", \.format, "The form of the output."),
        .init(
          "classes", \.classes, "How many classes of equal width there are, from 1 to 9, where breaks says nothing."),
        .init(
          "breaks", \.breaks,
          "The bounds between classes, rising: n bounds make n + 1 classes. A figure on a bound is in the class above it."
        ),
        .init("title", \.title, "What stands above the map; without it the title of the column."),
      ]
    }
  }

  /// Name, summary, rules.
  public static let info = PluginInfo(
    name: "map", summary: "Draw one column as a choropleth (SVG), a map for each period, or write it as GeoJSON.",
    details: """
      **Classes** are the same in all maps of an output, under one legend, so that periods can be compared: the bounds of
      `breaks`, or `classes` of equal width from the smallest to the largest figure of all periods. A class holds its lower
      bound; the last one also its upper. Quantiles and natural breaks are made by `classify`, whose bounds go into `breaks`.

      **Missing figures** are grey, each reason with a grey and a line in the legend of its own; pointing at an area shows
      its name, figure and unit, or the reason. Areas without a boundary are not drawn: they are counted below the map and
      warned of.

      **SVG** holds drawing, text and legend in one file, without scripts or references. Coordinates are rounded to tenths of
      a pixel. Degrees are drawn with the width of their middle latitude.

      **GeoJSON** has a feature for each row, with the area, name, period, figure (null when missing), the reason, the
      number of the class from 1, and in `crs` the reference system where it is not longitude and latitude.

      Bytes depend on the table and the options alone.
      """,
    example: "- {sink: map, from: scores, path: mdi.svg, value: mdi, area: area_code, name: area_name, period: year}")

  private let options: Options
  private var geometry: String { options.geometry?.text ?? "geometry" }

  /// A sink with its options.
  public init(options: Options, context: RunContext) throws(SpecError) {
    guard (1...9).contains(options.classes) else {
      throw SpecError(SourcePosition(file: ""), "classes is \(options.classes); expected 1 to 9")
    }
    guard options.breaks.count < 9, zip(options.breaks, options.breaks.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw SpecError(SourcePosition(file: ""), "breaks are not at most 8 rising numbers")
    }
    self.options = options
  }

  private var columns: [Located] {
    [options.value, options.area] + [options.name, options.period, options.geometry].compactMap { $0 }
  }

  /// One table with the columns that the options name: a number, and text for the boundaries.
  public func check(_ inputs: [NamedSchema]) throws(SpecError) {
    guard let input = inputs.first, inputs.count == 1 else {
      throw SpecError(options.value.position, "a map has one input, this one has \(inputs.count)")
    }
    for column in columns where input.schema[column.text] == nil {
      throw SpecError(
        column.position,
        "no column \"\(column)\" in \"\(input.name)\"" + didYouMean(column.text, among: input.schema.names))
    }
    guard let shape = input.schema[geometry] else {
      throw SpecError(
        options.value.position,
        "no column \"geometry\" in \"\(input.name)\"; join the boundaries to it, or name their column under \"geometry\""
      )
    }
    guard shape.type == .string else {
      throw SpecError(options.geometry?.position ?? options.value.position, "the column \"\(geometry)\" is not text")
    }
    guard input.schema[options.value.text]?.type.isNumeric == true else {
      throw SpecError(options.value.position, "the column \"\(options.value)\" holds no numbers")
    }
  }

  /// The columns that the options name.
  public func neededColumns(_ inputs: [NamedSchema]) -> [Set<String>?] {
    [Set(columns.map(\.text) + [geometry])]
  }

  /// Writes the map.
  public func write(_ inputs: [NamedTable], to output: OutputFile, context: RunContext) throws(SinkError) {
    guard let table = inputs.first?.table else { return }
    let areas = try MapAreas(
      table, value: options.value.text, area: options.area.text, name: options.name?.text,
      period: options.period?.text, geometry: geometry, path: output.path)
    let classes = MapClasses(areas.values, breaks: options.breaks, count: options.classes)
    if areas.withoutShape > 0 {
      context.warn(
        "\(output.path): \(areas.withoutShape) rows have no boundary\(options.format == .svg ? " and are not drawn" : "")"
      )
    }
    switch options.format {
    case .geojson: try MapGeoJSON(areas: areas, classes: classes).write(to: output)
    case .svg:
      let label = areas.field.label.isEmpty ? areas.field.name : areas.field.label
      try MapDrawing(areas: areas, classes: classes, title: options.title.isEmpty ? label : options.title)
        .write(to: output)
    }
  }
}
