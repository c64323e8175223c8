#include "agent/state_folder.h"

#include <unistd.h>

namespace windlass::agent {

std::string lock_path(const std::string& dir) { return dir + "/lock"; }
std::string ledger_path(const std::string& dir) { return dir + "/ledger"; }
std::string key_path(const std::string& dir) { return dir + "/output.key"; }
std::string output_folder(const std::string& dir) { return dir + "/out"; }
std::string output_path(const std::string& dir, std::string_view token, unsigned stream) {
  return output_folder(dir) + "/" + std::string(token) + (stream == 0 ? ".log" : ".out");
}

void complain(const std::string& dir, std::string_view text) {
  const std::string line = "windlass-agent (" + dir + "): " + std::string(text) + "\n";
  (void)!::write(2, line.data(), line.size());
}

}  // namespace windlass::agent
