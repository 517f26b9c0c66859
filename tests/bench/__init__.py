"""Speed and memory of the way in, as ratios against others in one run; `make bench` starts it."""
