// The peer of `lianfang bench ioc`: a plain hash table of texts, the C++ library's.
//   lianfang bench ioc --print --entries 10000000 | bench_ioc_peer
// One in twenty of the values looked up is in the table; processor time, median of 5.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <sys/resource.h>
#include <time.h>
#include <unordered_map>
#include <vector>

struct what { unsigned char of_indicator[24]; };

static double cpu()
{
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

static long rss_kb()
{
    rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

int main()
{
    std::unordered_map<std::string, what> table;
    std::vector<std::string> asked;
    std::string line;
    std::ios::sync_with_stdio(false);
    double began = cpu();
    while (std::getline(std::cin, line)) {
        if (asked.size() < 1u << 20)
            asked.push_back(asked.size() % 20 ? line + "0" : line);
        table.emplace(line, what{});
    }
    double load = cpu() - began;
    long kb = rss_kb();
    const size_t lookups = size_t(10) << 20;
    size_t found = 0;
    std::vector<double> runs;
    uint64_t x = 88172645463325252u;
    for (size_t i = asked.size(); i > 1; i--) { // as the table lies, they would help each other
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        std::swap(asked[i - 1], asked[x % i]);
    }
    for (int r = 0; r < 5; r++) {
        began = cpu();
        found = 0;
        for (size_t i = 0; i < lookups; i++)
            found += table.count(asked[i % asked.size()]);
        runs.push_back(cpu() - began);
    }
    std::sort(runs.begin(), runs.end());
    std::printf("{\"bench\":\"ioc-peer\",\"entries\":%zu,\"events\":%zu,\"found\":%zu,\"cpu_s\":%.3f,\"per_cpu_s\":%.0f,"
                "\"bytes_each\":%.1f,\"load_s\":%.3f}\n",
                table.size(), lookups, found, runs[2], double(lookups) / runs[2],
                double(kb) * 1024 / double(table.size()), load);
}
