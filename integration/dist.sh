#!/bin/sh
# dist.sh VERSION OS-ARCH: makes build/dist/yolambda-VERSION-OS-ARCH.tar.gz, which runs
# wherever it is unpacked: the command in bin; the function, ONNX Runtime and the models
# in lib/yolambda; all licences. CC is the C compiler for that machine.
set -eu
version=$1 target=$2
case $target in
linux-amd64) library=linux/x64/libonnxruntime.so.1 name=libonnxruntime.so ;;
linux-arm64) library=linux/arm64/libonnxruntime.so.1 name=libonnxruntime.so ;;
darwin-arm64) library=darwin/arm64/libonnxruntime.1.27.0.dylib name=libonnxruntime.dylib ;;
*)
	echo "dist.sh: $target is not linux-amd64, linux-arm64 or darwin-arm64" >&2
	exit 2
	;;
esac
export GOOS="${target%-*}" GOARCH="${target#*-}"
top=yolambda-$version-$target
stage=build/dist/$top
rm -rf "$stage"
mkdir -p "$stage/bin" "$stage/lib/yolambda/task" "$stage/lib/yolambda/opt/models" "$stage/licences/go"

CGO_ENABLED=1 CC=${CC:-cc} go build -trimpath -buildvcs=false -tags lambda.norpc -ldflags "-s -w" \
	-o "$stage/lib/yolambda/task/bootstrap" ./lambda
CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$version" \
	-o "$stage/bin/yolambda" ./integration/cmd/yolambda
layers/runtime/copy.sh "$library" "$stage/lib/yolambda/opt/lib/$name"
mv "$stage/lib/yolambda/opt/licences/onnxruntime" "$stage/licences/onnxruntime"
rmdir "$stage/lib/yolambda/opt/licences"
cp layers/coco/coco.onnx layers/codes/codes.onnx "$stage/lib/yolambda/opt/models"
cp layers/coco/NOTICE "$stage/licences/coco-model"
cp LICENSE "$stage"

# The licences of Go's library and of every module that is linked in.
cp "$(go env GOROOT)/LICENSE" "$stage/licences/go/go"
for program in bin/yolambda lib/yolambda/task/bootstrap; do
	go version -m "$stage/$program" | awk '$1 == "dep" && $2 !~ "yolambda/yolambda" {print $2}'
done | sort -u | while read -r module; do
	folder=$(GOOS='' GOARCH='' go list -m -f '{{.Dir}}' "$module")
	found=
	for licence in "$folder"/LICENSE* "$folder"/LICENCE* "$folder"/COPYING* "$folder"/NOTICE*; do
		test -f "$licence" || continue
		found=yes
		cp "$licence" "$stage/licences/go/$(echo "$module" | tr / _)_$(basename "$licence")"
	done
	test -n "$found" || echo "$module" >>"$stage/licences/go/missing"
done
# A module within a repository may have its licence at the root only.
if test -f "$stage/licences/go/missing"; then
	echo "dist.sh: no licence found of:" >&2
	cat "$stage/licences/go/missing" >&2
	exit 1
fi

chmod -R u+w "$stage"
tar -czf "$stage.tar.gz" -C build/dist "$top"
rm -rf "$stage"
echo "$stage.tar.gz"
