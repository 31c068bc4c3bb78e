#!/bin/sh
# One issue of a report and its delivery: what cron, systemd and others start once a day. Needs cohortiv on the PATH,
# Chromium for the PDF, GNU date, and from the environment (see environment.example):
#   POSITIONS  the positions of the day, as for --positions
#   DELIVERY   the delivery file, and the variables that it names
#   REPORTS    the folder of reports
#   AS_OF      the day of the data; left out, yesterday (UTC)
#   NOTEBOOK   the report; left out, risk-report
# Where the report fails, those who had the one before are told that there is none. It ends with the exit code of the
# command: 2 bad usage, 3 bad data, 4 the run or a target failed.
set -eu

cohortiv report "${NOTEBOOK:-risk-report}" --positions "$POSITIONS" \
    --as-of "${AS_OF:-$(date --utc --date yesterday +%F)}" --published "$(date --utc +%FT%TZ)" \
    --out "$REPORTS" --pdf --static --deliver "$DELIVERY"
