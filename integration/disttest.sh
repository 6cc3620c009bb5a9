#!/bin/sh
# disttest.sh ARCHIVE PICTURE: unpacks a release for this Linux into an empty root, with
# nothing but /proc, /dev/null and the C and C++ libraries, and asks about a picture there. It
# wants root.
set -eu
archive=$1 picture=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/anywhere" "$root/tmp" "$root/dev" "$root/etc" "$root/proc"
mknod -m 666 "$root/dev/null" c 1 3
echo '127.0.0.1 localhost' >"$root/etc/hosts"
tar -xzf "$archive" -C "$root/anywhere"
top=$(ls "$root/anywhere")
for file in "$root/anywhere/$top"/lib/yolambda/task/bootstrap "$root/anywhere/$top"/lib/yolambda/opt/lib/libonnxruntime.so; do
	ldd "$file" | awk '{for (i = 1; i <= NF; i++) if ($i ~ "^/") print $i}'
done | sort -u | while read -r library; do
	mkdir -p "$root$(dirname "$library")"
	cp "$library" "$root$library"
done
cp "$picture" "$root/photo.jpg"
inside() {
	unshare --mount --pid --fork --mount-proc="$root/proc" chroot "$root" "/anywhere/$top/bin/yolambda" "$@"
}
inside --version | grep "ONNX Runtime"
inside predict --local /photo.jpg
