/// The namespaces of an OData v3 Atom feed, with a closing NUL so that libxml2 can take them as they are.
enum AtomNamespace {
  static let atom: StaticString = "http://www.w3.org/2005/Atom"
  static let application: StaticString = "http://www.w3.org/2007/app"
  static let data: StaticString = "http://schemas.microsoft.com/ado/2007/08/dataservices"
  static let metadata: StaticString = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
}
