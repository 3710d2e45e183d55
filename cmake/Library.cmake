# What nearly every file includes: parsing it takes a third of a file's compile time.
set(NEURALAKE_COMMON_HEADERS
    <algorithm> <array> <chrono> <cstdint> <expected> <functional> <map> <memory> <mutex> <optional>
    <set> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h>)

# neuralake_library(<room> SOURCES a.cc ... TESTS a_test.cc ... DEPENDS <rooms and libraries> ...)
#
# One room of the house: a static library `neuralake_<room>` and, if it has tests, one test
# program `<room>_test` that ctest knows. PRECOMPILE names a heavy header of the room's own, which
# its tests use as well.
function(neuralake_library room)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;DEPENDS;TEST_DEPENDS;PRECOMPILE" ${ARGN})
  set(target neuralake_${room})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    set(reach PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(reach INTERFACE)
  endif()
  target_include_directories(${target} ${reach} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${target} ${reach} ${ARG_DEPENDS})
  if(ARG_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARG_PRECOMPILE})
  elseif(ARG_SOURCES)
    target_precompile_headers(${target} PRIVATE ${NEURALAKE_COMMON_HEADERS})
  endif()
  if(NEURALAKE_TESTS AND ARG_TESTS)
    add_executable(${room}_test ${ARG_TESTS})
    target_link_libraries(${room}_test PRIVATE ${target} ${ARG_TEST_DEPENDS}
                          GTest::gtest GTest::gmock GTest::gtest_main)
    if(ARG_PRECOMPILE)
      # A program would be compiled with -fPIE, which a header precompiled with -fPIC does not fit.
      set_target_properties(${room}_test PROPERTIES POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(${room}_test PRIVATE -fPIC)
      target_precompile_headers(${room}_test REUSE_FROM ${target})
    else()
      target_precompile_headers(${room}_test PRIVATE ${NEURALAKE_COMMON_HEADERS}
                                <gmock/gmock.h> <gtest/gtest.h>)
    endif()
    add_test(NAME ${room} COMMAND ${room}_test)
    set_tests_properties(${room} PROPERTIES TIMEOUT 300)
  endif()
endfunction()
