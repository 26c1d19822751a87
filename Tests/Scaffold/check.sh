#!/usr/bin/env bash
# Whether what `peil new` writes compiles and passes: a copy of the project gets a new source, transform and sink, and their
# tests and the rules of the house run there.
set -euo pipefail
cd "$(dirname "$0")/../.."
peil=$PWD/.build/release/peil
copy=$PWD/build/scaffold
# The copy keeps its build folder, so that a second check is quick.
mkdir -p "$copy"
find "$copy" -mindepth 1 -maxdepth 1 ! -name .build -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | tar --create --null --files-from - | tar --extract --directory "$copy"
cd "$copy"
places=0
for kind in source transform sink; do
  "$peil" new "$kind" "demo_$kind" | tee build-new.log
  folders=$(grep '^wrote ' build-new.log | cut -d' ' -f2 | xargs -n1 dirname | sort -u | wc -l)
  rm build-new.log
  if [ "$folders" -ge 5 ]; then echo "a new $kind changes $folders places, expected fewer than five"; exit 1; fi
  places=$((places > folders ? places : folders))
done
swift build --build-tests
swift test --skip-build --filter 'DemoSource|DemoTransform|DemoSink|HouseRules'
echo "a new plugin changes $places places at most"
