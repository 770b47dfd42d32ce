#!/bin/sh
# sleeps.sh - a subject that never answers, in a process of its own
sleep 1000
