# The Debian package: `./dev package`, or `cpack -G DEB` in a build folder.
install(FILES "${CMAKE_SOURCE_DIR}/packaging/windlass.service" DESTINATION /usr/lib/systemd/system COMPONENT service)
install(FILES "${CMAKE_SOURCE_DIR}/packaging/sysusers.conf" DESTINATION /usr/lib/sysusers.d RENAME windlass.conf COMPONENT service)
install(FILES "${CMAKE_SOURCE_DIR}/packaging/windlass.yaml" DESTINATION /etc/windlass COMPONENT service)
install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" DESTINATION share/doc/windlass RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME windlass)
set(CPACK_PACKAGE_VENDOR Windlass)
set(CPACK_PACKAGE_CONTACT "The Windlass authors <windlass@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Pipelines of KubeSphere DevOps and Jenkins in one small program")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL OFF)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# libcurl is loaded when a client command or a step needs it, so no tool finds it.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, libcurl4, tzdata")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "git")
# Beside it, not in need of it: steps and preludes that call other programs.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "subversion, docker.io, kubernetes-client")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${CMAKE_SOURCE_DIR}/packaging/postinst;${CMAKE_SOURCE_DIR}/packaging/prerm;${CMAKE_SOURCE_DIR}/packaging/postrm;${CMAKE_BINARY_DIR}/conffiles")
file(WRITE "${CMAKE_BINARY_DIR}/conffiles" "/etc/windlass/windlass.yaml\n")
include(CPack)
