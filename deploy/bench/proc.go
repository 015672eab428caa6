package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"strconv"
	"strings"
)

// ticks is the unit of /proc/PID/stat: a hundredth of a second on every Linux.
const ticks = 100

// cpuOf is how many seconds a process has been computing, in user and in system mode, in all its threads.
func cpuOf(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name before it may hold anything
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat is %q", pid, text)
	}
	user, uerr := strconv.ParseFloat(fields[11], 64)
	system, serr := strconv.ParseFloat(fields[12], 64)
	return (user + system) / ticks, errors.Join(uerr, serr)
}

// peakMB is the greatest resident memory that this process has had, as the kernel counts it.
func peakMB() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("no VmHWM in /proc/self/status")
}

// startProfile writes a CPU profile into the file until finish is called; "" is no file.
func startProfile(name string) (finish func(), err error) {
	if name == "" {
		return func() {}, nil
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return pprof.StopCPUProfile, pprof.StartCPUProfile(file)
}

func cpuOfAll(pids []int) ([]float64, error) {
	all := make([]float64, len(pids))
	for i, pid := range pids {
		var err error
		if all[i], err = cpuOf(pid); err != nil {
			return nil, err
		}
	}
	return all, nil
}
