// A temporary folder that goes with its owner; for tests of this module only.
#pragma once

#include <filesystem>
#include <stdlib.h>
#include <string>

namespace windlass::files {

struct TestFolder {
  std::string path;
  TestFolder() {
    std::string pattern = std::filesystem::temp_directory_path().string() + "/windlass-files-XXXXXX";
    path = ::mkdtemp(pattern.data());
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  [[nodiscard]] std::string operator/(std::string_view name) const { return path + "/" + std::string(name); }
};

}  // namespace windlass::files
