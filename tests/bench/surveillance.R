# Detectors of R's `surveillance` on the series of a file: Rscript surveillance.R classic|improved|ears COUNTS.csv
# One series a row, no header; the last 100 weeks are judged. Writes how many alarm.
suppressMessages(library(surveillance))
asked <- commandArgs(trailingOnly = TRUE)
counts <- as.matrix(read.csv(asked[2], header = FALSE))
series <- sts(observed = t(counts), frequency = 52)
judged <- (ncol(counts) - 99):ncol(counts)
invisible(capture.output(found <- switch(asked[1],
  classic = farrington(series, control = list(range = judged, b = 4, w = 3, alpha = 0.05)),
  improved = farringtonFlexible(series, control = list(
    range = judged, b = 4, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, weightsThreshold = 2.58,
    pThresholdTrend = 1, thresholdMethod = "nbPlugin", alpha = 0.05)),
  ears = earsC(series, control = list(range = judged, method = "C2", alpha = 0.001))
)))
cat(sum(alarms(found)), "\n")
