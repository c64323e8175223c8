// Files as the kernel writes them in a container, of both generations of cgroups.
#include "agent/memory_use.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace windlass::agent {
namespace {

struct Folder {
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  void put(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path + "/" + name).parent_path());
    std::ofstream(path + "/" + name) << text;
  }
  std::string path = testing::TempDir() + "memory-use-" + std::to_string(::getpid());
};

TEST(MemoryUse, OfTheSecondGeneration) {
  const Folder folder;
  EXPECT_FALSE(read_memory_use(folder.path));
  folder.put("memory.current", "1048576\n");
  EXPECT_EQ(read_memory_use(folder.path), (MemoryUse{.peak = 1'048'576, .limit = 0, .kills = 0}));
  folder.put("memory.peak", "67108864\n");
  folder.put("memory.max", "max\n");
  folder.put("memory.events", "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n");
  EXPECT_EQ(read_memory_use(folder.path), (MemoryUse{.peak = 67'108'864, .limit = 0, .kills = 2}));
  folder.put("memory.max", "67108864\n");
  EXPECT_EQ(read_memory_use(folder.path)->limit, 67'108'864u);
}

TEST(MemoryUse, OfTheFirst) {
  const Folder folder;
  folder.put("memory/memory.usage_in_bytes", "4096\n");
  folder.put("memory/memory.max_usage_in_bytes", "8192\n");
  folder.put("memory/memory.limit_in_bytes", "9223372036854771712\n");
  folder.put("memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
  EXPECT_EQ(read_memory_use(folder.path), (MemoryUse{.peak = 8192, .limit = 0, .kills = 1}));
  folder.put("memory/memory.limit_in_bytes", "67108864\n");
  EXPECT_EQ(read_memory_use(folder.path)->limit, 67'108'864u);
  folder.put("memory/memory.usage_in_bytes", "rubbish");
  EXPECT_FALSE(read_memory_use(folder.path));
}

}  // namespace
}  // namespace windlass::agent
