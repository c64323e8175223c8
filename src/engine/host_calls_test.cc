// Every question that the prelude asks of the machine has an answer. Reads the sources as files, as the catalog's test
// does.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <regex>
#include <string>

#include "engine/host_functions.h"

namespace windlass::engine {
namespace {

TEST(HostCalls, OfThePreludeAreAllThere) {
  std::size_t calls = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("src/prelude")) {
    if (entry.path().extension() != ".groovy") continue;
    std::ifstream in(entry.path());
    const std::string text(std::istreambuf_iterator<char>(in), {});
    const std::regex call(R"(__host\('([\w.]+)')");
    for (auto it = std::sregex_iterator(text.begin(), text.end(), call); it != std::sregex_iterator(); ++it) {
      ++calls;
      EXPECT_NE(HostFunctions::find((*it)[1].str()), nullptr) << (*it)[1].str() << " in " << entry.path();
    }
  }
  EXPECT_GT(calls, 100U) << "run this test from the top of the source tree";
}

}  // namespace
}  // namespace windlass::engine
