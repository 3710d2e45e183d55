# Language, warnings, hardening, sanitizers, compiler cache and linker: the same for every target.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(NEURALAKE_CCACHE ccache)
if(NEURALAKE_CCACHE AND NOT NEURALAKE_COVERAGE)
  # Paths are relative to the checkout, so that a second clone hits the first one's cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${NEURALAKE_CCACHE})
endif()

# Dev: optimised, assertions on. -O1 keeps an incremental build short.
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1 -D_GLIBCXX_ASSERTIONS")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG -D_FORTIFY_SOURCE=2 -fstack-protector-strong")
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
                    -fdiagnostics-color=auto -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
# Members that are left out are as their type makes them.
add_compile_options(-Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports false positives from inlined library code for these.
  add_compile_options(-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow
                      -Wno-array-bounds -Wno-free-nonheap-object -Wno-dangling-pointer)
else()
  # Clang warns of indices that are enumerators, and of what libstdc++ 12 itself deprecates.
  add_compile_options(-Wno-sign-conversion -Wno-deprecated-declarations)
endif()

if(NEURALAKE_SANITIZE)
  add_compile_options(-fsanitize=${NEURALAKE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${NEURALAKE_SANITIZE})
else()
  add_link_options(-fuse-ld=mold -Wl,-z,relro,-z,now)
endif()
if(NEURALAKE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(NEURALAKE_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
