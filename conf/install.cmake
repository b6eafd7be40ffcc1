# What `cmake --install` puts where, besides the program. This runs at install time, since the prefix is
# known only then. With the prefix /usr, the configuration belongs in /etc and state in /var/lib (Filesystem
# Hierarchy Standard); with any other, all of it stays below the prefix.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(root "")
else()
  set(root ${CMAKE_INSTALL_PREFIX})
endif()
set(bindir ${CMAKE_INSTALL_PREFIX}/bin)
set(confdir ${root}/etc/beian-gate)
set(statedir /var/lib/beian-gate)  # as StateDirectory= has it
set(share ${CMAKE_INSTALL_PREFIX}/share)
set(doc ${share}/doc/beian-gate)
set(lib ${CMAKE_INSTALL_PREFIX}/lib)

# open_folder(FOLDER): everybody may enter it, whatever the umask: the service is not root.
function(open_folder folder)
  file(CHMOD "$ENV{DESTDIR}${folder}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                                                  WORLD_READ WORLD_EXECUTE)
endfunction()

# make_folder(FOLDER): makes and opens it, with those above it; what exists stays as it is.
function(make_folder folder)
  if(EXISTS "$ENV{DESTDIR}${folder}")
    return()
  endif()
  cmake_path(GET folder PARENT_PATH parent)
  if(parent AND NOT parent STREQUAL folder)
    make_folder("${parent}")
  endif()
  file(MAKE_DIRECTORY "$ENV{DESTDIR}${folder}")
  open_folder("${folder}")
endfunction()

# put(FOLDER FILE [NAME]): FILE, from the root of the sources or an absolute path, as FOLDER/NAME.
function(put folder path)
  cmake_path(ABSOLUTE_PATH path BASE_DIRECTORY ${source_dir})
  cmake_path(GET path FILENAME name)
  if(ARGC GREATER 2)
    set(name ${ARGV2})
  endif()
  make_folder("${folder}")
  file(INSTALL ${path} DESTINATION ${folder} RENAME ${name}
       PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endfunction()

make_folder("${bindir}")
if(NOT "$ENV{DESTDIR}" STREQUAL "")
  open_folder("${CMAKE_INSTALL_PREFIX}")  # CPack made it
endif()
# An existing configuration stays.
if(NOT EXISTS $ENV{DESTDIR}${confdir}/gate.toml)
  put(${confdir} conf/gate.toml)
endif()

configure_file(${source_dir}/conf/systemd/beian-gate.service.in
               ${binary_dir}/conf/beian-gate.service @ONLY)
put(${lib}/systemd/system ${binary_dir}/conf/beian-gate.service)
put(${lib}/sysusers.d conf/systemd/beian-gate.sysusers beian-gate.conf)

foreach(path README.md SECURITY.md gate/http/API.md conf/debian/copyright)
  put(${doc} ${path})
endforeach()
# The pages that these, the configuration and the alerts name, below the paths by which they name them.
foreach(path gate/http/API.md gate/package/README.md gate/decision/SOURCES.md gate/log/FORMAT.md
             cache/snapshot/FORMAT.md cache/redis/FORMAT.md cache/redis/FOLLOWING.md)
  cmake_path(GET path PARENT_PATH folder)
  put(${doc}/${folder} ${path})
endforeach()
# put_packed(FOLDER FILE): like put(), but gzipped, as Debian has man pages and change logs.
function(put_packed folder path)
  cmake_path(GET path FILENAME name)
  set(packed ${binary_dir}/conf/${name}.gz)
  execute_process(COMMAND gzip -9 -n -c ${path} OUTPUT_FILE ${packed} COMMAND_ERROR_IS_FATAL ANY)
  put(${folder} ${packed})
endfunction()

put_packed(${doc} ${source_dir}/conf/debian/changelog)
put_packed(${share}/man/man1 ${binary_dir}/conf/beian-gate.1)
# The bill of materials; it needs Debian's package database and ninja's record of the build.
find_program(dpkg_query dpkg-query)
if(dpkg_query AND EXISTS ${binary_dir}/build.ninja)
  set(sbom ${binary_dir}/conf/sbom.spdx.json)
  execute_process(COMMAND python3 ${source_dir}/conf/sbom.py ${binary_dir}/beian-gate ${binary_dir}
                          ${version}
                  OUTPUT_FILE ${sbom} COMMAND_ERROR_IS_FATAL ANY)
  put(${doc} ${sbom})
endif()

foreach(path policy.toml guidance.toml holidays.toml)
  put(${share}/beian-gate conf/${path})
endforeach()
make_folder("${doc}/examples")
foreach(folder ci container edge grafana haproxy kubernetes nginx prometheus)
  file(INSTALL ${source_dir}/conf/${folder} DESTINATION ${doc}/examples)
endforeach()
