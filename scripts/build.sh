# Sourced: the programs as they are installed.

# build_programs LOG, in the source tree. They are in .build/release then.
build_programs() {
    local log=$1 product
    if ! command -v swift >/dev/null; then
        echo "There is no Swift toolchain here: see https://www.swift.org/install/ (6.2 or newer)." >&2
        return 1
    fi
    echo "Building; the first time takes some minutes."
    mkdir -p "$(dirname "$log")"
    : >"$log"
    for product in postern postern-fcgi; do
        if ! swift build -c release --static-swift-stdlib --product "$product" >>"$log" 2>&1; then
            tail -n 30 "$log" >&2
            echo "The build failed; the whole log is $log" >&2
            return 1
        fi
    done
}
