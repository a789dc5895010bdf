# The front door.  Each command does its own set-up on a fresh Debian 12 machine.
#   make run     a node on this machine, with its first administrator
#   make check   every test; ends with "N passed, N failed, N skipped"
#   make demo    one nation, two sectors, four providers, and a real attack
#   make bench   the figures of docs/performance.md
.PHONY: run check demo bench build setup-build clean

build: setup-build
	@test -f build/build.ninja || meson setup build -Dbuildtype=release >build-setup.log 2>&1 || \
	    { cat build-setup.log; exit 1; }
	@rm -f build-setup.log
	@ninja -C build lianfang

setup-build:
	@tools/setup.sh build

run: build
	@build/lianfang serve -c data/lianfang.ini --first-start

check:
	@tools/setup.sh build demo check
	@python3 tools/check.py

demo: build
	@tools/setup.sh demo
	@build/lianfang demo

bench: build
	@tools/setup.sh check
	@python3 tools/bench.py

clean:
	@rm -rf build build-clang build-asan build-gcc
