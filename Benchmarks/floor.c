/* What the two libraries cost alone: reads a file through libcsv or libxml2 with callbacks that only count.

     cc -O2 floor.c -lcsv -lxml2 $(xml2-config --cflags) -o floor
     floor csv FILE... | floor xml FILE...

   Prints bytes, events and seconds of the processor. */
#include <csv.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static long events;
static size_t bytes;

static void field(void *text, size_t size, void *context) { events++; (void)text; (void)size; (void)context; }
static void row(int end, void *context) { events++; (void)end; (void)context; }

static void read_csv(const char *path) {
  static char buffer[1 << 16];
  struct csv_parser parser;
  csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
  int is_first = 1;
  csv_set_delim(&parser, ';');
  int file = open(path, O_RDONLY);
  ssize_t count;
  while ((count = read(file, buffer, sizeof buffer)) > 0) {
    bytes += count;
    size_t mark = is_first && count > 3 && !memcmp(buffer, "\xEF\xBB\xBF", 3) ? 3 : 0;
    is_first = 0;
    if (csv_parse(&parser, buffer + mark, count - mark, field, row, NULL) != count - mark) { fprintf(stderr, "%s: quotes\n", path); break; }
  }
  csv_fini(&parser, field, row, NULL);
  csv_free(&parser);
  close(file);
}

static void start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space, int namespaces,
                  const xmlChar **ns, int attributes, int defaults, const xmlChar **values) {
  events++;
}
static void end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space) { events++; }
static void characters(void *context, const xmlChar *text, int size) { events++; }
static int fill(void *context, char *buffer, int size) {
  ssize_t count = read(*(int *)context, buffer, size);
  if (count > 0) bytes += count;
  return (int)count;
}

static void read_xml(const char *path) {
  int file = open(path, O_RDONLY);
  xmlSAXHandler handler;
  memset(&handler, 0, sizeof handler);
  handler.initialized = XML_SAX2_MAGIC;
  handler.startElementNs = start;
  handler.endElementNs = end;
  handler.characters = characters;
  xmlParserCtxtPtr parser = xmlCreateIOParserCtxt(&handler, NULL, fill, NULL, &file, XML_CHAR_ENCODING_NONE);
  xmlParseDocument(parser);
  xmlFreeParserCtxt(parser);
  close(file);
}

int main(int count, char **arguments) {
  for (int i = 2; i < count; i++) (strcmp(arguments[1], "xml") ? read_csv : read_xml)(arguments[i]);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  printf("%zu %ld %.4f\n", bytes, events, seconds);
  return 0;
}
