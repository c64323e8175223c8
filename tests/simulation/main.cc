// usage: windlass-simulate [--seed N] [--seeds COUNT] [--also FILE] [--hours N] [--twice] [--trace] [--folder PATH]
// Plays days of a server (world.h), each from its seed, and says what did not hold. Without --seed the seeds are new
// ones each time; what is printed is all that is needed to see the same day again.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

#include "chance.h"
#include "world.h"

namespace {

void tell(std::uint64_t seed, const windlass::simulation::Report& report) {
  std::cout << "seed " << seed << ": " << report.runs << " runs (of " << report.objects << " objects; ";
  const char* comma = "";
  for (const auto& [result, n] : report.results) {
    std::cout << comma << n << " " << result;
    comma = ", ";
  }
  std::cout << "), " << report.tasks << " shells, " << report.lives << " lives, " << report.power_cuts
            << " power cuts, " << report.bad_disks << " bad disks, " << report.shims << " agents died, "
            << report.events << " events, history " << std::hex << report.history << std::dec << "\n";
  std::cout << std::flush;
  for (const auto& finding : report.findings) std::cout << "  FINDING " << finding << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 0, seeds = 1;
  windlass::simulation::Options options;
  std::string folder = "/dev/shm";
  bool twice = false;
  std::vector<std::uint64_t> all;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (word == "--seed") {
      seed = std::strtoull(value().c_str(), nullptr, 10);
    } else if (word == "--seeds") {
      seeds = std::strtoull(value().c_str(), nullptr, 10);
    } else if (word == "--also") {
      // A seed at the beginning of a line, and why it is there.
      std::ifstream file(value());
      for (std::string line; std::getline(file, line);) {
        if (const auto one = std::strtoull(line.c_str(), nullptr, 10); one != 0) all.push_back(one);
      }
    } else if (word == "--hours") {
      options.hours = std::strtoll(value().c_str(), nullptr, 10);
    } else if (word == "--twice") {
      twice = true;
    } else if (word == "--folder") {
      folder = value();
    } else if (word == "--trace") {
      options.trace = true;
    } else {
      std::cerr << "windlass-simulate: unknown argument " << word << "; usage: windlass-simulate [--seed N] "
                << "[--seeds COUNT] [--also FILE] [--hours N] [--twice] [--trace] [--folder PATH]\n";
      return 64;
    }
  }
  if (seed == 0) seed = std::random_device{}() % 1'000'000'000 + 1;
  if (::access(folder.c_str(), W_OK) != 0) folder = "/tmp";
  int bad = 0;
  for (std::uint64_t i = 0; i < seeds; ++i) all.push_back(seed + i);
  for (const auto one : all) {
    options.seed = one;
    options.folder = folder + "/windlass-simulation-" + std::to_string(::getpid());
    const auto play = [&options] {
      windlass::simulation::seed_chance(options.seed);
      return windlass::simulation::World(options).play();
    };
    auto report = play();
    if (twice && play().history != report.history) report.findings.emplace_back("the same seed was another history");
    tell(options.seed, report);
    if (!report.findings.empty()) ++bad;
  }
  if (bad != 0) std::cout << bad << " of " << all.size() << " days did not hold\n";
  return bad == 0 ? 0 : 1;
}
