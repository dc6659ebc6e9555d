# Sourced: a Python environment of one's own, with what a file of requirements pins.

# python_environment DIR REQUIREMENTS. Nothing happens when DIR has them already.
python_environment() {
    local folder=$1 requirements=$2 pin
    pin=$(cksum <"$requirements")
    if [[ -x $folder/bin/python && $(cat "$folder/requirements.cksum" 2>/dev/null) == "$pin" ]]; then
        return 0
    fi
    echo "Making the Python environment $folder"
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
    printf '%s\n' "$pin" >"$folder/requirements.cksum"
}
