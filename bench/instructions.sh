#!/usr/bin/env bash
# Instructions of each step of a check (callgrind), compared with those of the last commit that
# changed them: the guard in tests/http, run by hand.
#
#   bench/instructions.sh [--update]     --update rewrites tests/http/instructions.json
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 tests/http/instructions_test.py tests/http build/release/tests/http/http_instructions \
  "$(sed -n 's/^set(CMAKE_CXX_COMPILER_ID "\(.*\)")$/\1/p' build/release/CMakeFiles/*/CMakeCXXCompiler.cmake)-$(
    sed -n 's/^set(CMAKE_CXX_COMPILER_VERSION "\(.*\)")$/\1/p' build/release/CMakeFiles/*/CMakeCXXCompiler.cmake)" "$@"
