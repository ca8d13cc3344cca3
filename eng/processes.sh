# shellcheck shell=bash
# Sourced by the scripts of the grid. A process is known by its id and start time together (proc_pid_stat(5), field 22), written to a
# file: an id alone may by now be somebody else's.

# Prints the start time of process $1; nothing when there is no such process or it has ended.
start_time() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
    # The name in parentheses may hold anything; after it come the state and, 20 fields later, the start time.
    # shellcheck disable=SC2086 # The fields are to be split.
    set -- ${stat##*) }
    if [ "$1" != Z ]; then
        echo "${20}"
    fi
}

# Writes process $2 to file $1.
remember() {
    echo "$2 $(start_time "$2")" >"$1"
}

# True while the process in file $1 runs.
runs() {
    local pid start
    [ -s "$1" ] && read -r pid start <"$1" && [ -n "$start" ] && [ "$(start_time "$pid")" = "$start" ]
}

# Ends the process in file $1: TERM, and KILL when that did not help within $2 seconds. Returns when it is gone.
end() {
    local pid tries=$(($2 * 10))
    if runs "$1"; then
        read -r pid _ <"$1"
        kill -TERM "$pid" 2>/dev/null || true
        while runs "$1" && [ $((tries--)) -gt 0 ]; do
            sleep 0.1
        done
        if runs "$1"; then
            echo "process $pid did not end within $2 s: killed" >&2
            kill -KILL "$pid" 2>/dev/null || true
            while runs "$1"; do
                sleep 0.1
            done
        fi
    fi

    rm -f "$1"
}
