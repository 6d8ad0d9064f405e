# Shared by demo and bench. Sums of files whose contents are known by construction were computed when the initramfs was
# packed, by another program on another machine: expected.sha256.

# fail WORDS: the last line that a host looks for.
fail() {
	echo "$name: linux FAILED $*"
	exit 1
}

# generate DIRECTORY: the files that expected.sha256 lists, by our own generator.
generate() {
	mkdir -p "$1"
	while read -r sum file; do
		numbers=${file#*.}	# LENGTH.SEED
		work pattern "${numbers%.*}" "${numbers#*.}" > "$1/$file" || fail "cannot write $file"
	done < /lib/spumone/expected.sha256
}

# verify DIRECTORY: every file in it is what it should be.
verify() {
	(cd "$1" && sha256sum -c -s /lib/spumone/expected.sha256) || fail "a file in $1 has a wrong sum"
}
