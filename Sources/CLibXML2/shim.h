#include <libxml/xmlversion.h>
/* Debian's libxml2 is built with ICU, whose headers are another version of those inside Foundation: a module that sees
   both does not compile. Nothing here uses the converters, so their declarations are left out. */
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>
