"""Every benchmark in turn; they print ratios and never fail on time."""

import forty
import million
import reading
import record
import reports
import startup

if __name__ == "__main__":
    print("Start-up")
    startup.main()
    print("\nA million households")
    million.main()
    print("\nForty rules")
    forty.main()
    print("\nReading")
    reading.main()
    print("\nReports")
    reports.main()
    print("\nA household at a time")
    record.main()
