#!/bin/sh
# Prints the line of a list of pins that fits the TensorRT of this image: bindings of another version do not load it.
# Usage: tensorrt-bindings.sh PINS [LIBRARY]; without one, the linker's libnvinfer.
set -eu
pins=$1
library=${2:-$(ldconfig -p | sed -n 's/.*libnvinfer\.so\.[0-9]* .*=> //p' | head -n 1)}
version=$(readlink -f "$library" | sed -n 's/.*\.so\.\([0-9]*\.[0-9]*\.[0-9]*\).*/\1/p')
if [ -z "$version" ] || ! grep -m 1 -F "tensorrt-cu13-bindings==$version." "$pins"; then
  echo "No bindings are pinned for TensorRT ${version:-that is not here}: the profile gpu builds no plans." >&2
  exit 1
fi
