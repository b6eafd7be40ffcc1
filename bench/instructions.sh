#!/usr/bin/env bash
# Instructions of each step of a check (callgrind), beside those of the last commit that changed them:
# the guard of tests/http, by hand.
#
#   bench/instructions.sh [--update]     --update writes tests/http/instructions.json anew
set -euo pipefail
cd "$(dirname "$0")/.."
exec python3 tests/http/instructions_test.py tests/http build/release/tests/http/http_instructions \
  "$(sed -n 's/^set(CMAKE_CXX_COMPILER_ID "\(.*\)")$/\1/p' build/release/CMakeFiles/*/CMakeCXXCompiler.cmake)-$(
    sed -n 's/^set(CMAKE_CXX_COMPILER_VERSION "\(.*\)")$/\1/p' build/release/CMakeFiles/*/CMakeCXXCompiler.cmake)" "$@"
