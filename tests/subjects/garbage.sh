#!/bin/sh
# garbage.sh - a subject that greets first
echo "loading the model..."
exec ${EMULATOR-} "$COLAREF" subject
