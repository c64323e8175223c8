// How every program of a sanitizer's build reports, whatever environment it is started with: into a file of its own below
// the build folder, because tests swallow what programs say and kill those that hang. `./dev test --asan` counts the files.
// An exit code of its own keeps a finding from being taken for the failure of a pipeline.
#ifndef WINDLASS_SANITIZER_REPORTS
#error "the folder for reports is not given"
#endif

extern "C" {

__attribute__((used, visibility("default"))) const char* __asan_default_options() {
  return "exitcode=86:detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1:"
         "log_path=" WINDLASS_SANITIZER_REPORTS;
}

__attribute__((used, visibility("default"))) const char* __ubsan_default_options() {
  return "print_stacktrace=1:exitcode=86:log_path=" WINDLASS_SANITIZER_REPORTS;
}

__attribute__((used, visibility("default"))) const char* __tsan_default_options() {
  return "exitcode=86:second_deadlock_stack=1:history_size=4:log_path=" WINDLASS_SANITIZER_REPORTS;
}

__attribute__((used, visibility("default"))) const char* __lsan_default_options() { return "print_suppressions=0"; }

/// Each line with its reason; nothing of our own code belongs here.
__attribute__((used, visibility("default"))) const char* __tsan_default_suppressions() { return ""; }

}  // extern "C"
