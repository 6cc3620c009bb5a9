#!/bin/sh
# copy.sh LIBRARY TARGET: copies one library of the npm package onnxruntime-node to
# TARGET, DIR/lib/NAME, after checking its SHA-256 against SHA256SUMS; a mismatch stops
# the build. The licences of what is linked into it go to DIR/licences/onnxruntime: they
# have to travel with it, and the npm package has none. They are from ONNX Runtime's
# Python package of the same version.
set -eu
library=$1 target=$2
sums=$(dirname "$0")/../../infra/yolambda/onnxruntime
source=node_modules/onnxruntime-node/bin/napi-v6/$library

want=$(awk -v f="$library" '$2 == f {print $1}' "$sums/SHA256SUMS")
if command -v sha256sum >/dev/null; then have=$(sha256sum "$source"); else have=$(shasum -a 256 "$source"); fi
have=${have%% *}
if [ -z "$want" ] || [ "$want" != "$have" ]; then
	echo "$source: SHA-256 is $have, $sums/SHA256SUMS says ${want:-nothing}; not used" >&2
	exit 1
fi
licences=$(dirname "$target")/../licences/onnxruntime
mkdir -p "$(dirname "$target")" "$licences"
cp "$sums"/licences/* "$licences/"
cp "$source" "$target"
