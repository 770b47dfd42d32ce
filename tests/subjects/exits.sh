#!/bin/sh
# exits.sh - a subject that ends at once
exit 3
