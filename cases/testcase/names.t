# How packages are named: by version, by architecture, by glob, by file; and what jobs come of it.
repo system 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: lamp 1 1 x86_64
#>=Prv: lamp = 1-1
repo shop 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: lamp 1:2 1 x86_64
#>=Prv: lamp = 1:2-1
#>=Prv: light = 7
#>=Fls: /usr/bin/lamp
#>=Pkg: lamp 1:2 1 i686
#>=Prv: lamp = 1:2-1
#>=Pkg: lamp 1:2 1 src
#>=Pkg: lantern 3 1 noarch
#>=Prv: lantern = 3-1
#>=Prv: light = 8
#>=Req: /usr/bin/lamp
system x86_64 rpm system
job install selection lamp-2-1 canon
job install selection lamp.i686 name,dotarch
job install selection light>7 provides,rel
job install selection lan* name,glob
job noop selection lamp name,sourceonly
job erase selection lamp name,installedonly
job lock selection_matchdeps solvable:requires /usr/bin/lamp flat
job verify selection /usr/bin/lamp filelist [weak]
result jobs <inline>
#>job erase pkg lamp-1-1.x86_64@system [setrepo,noautoset]
#>job install name lamp . i686 [setarch]
#>job install name lamp = 1:2-1 [setevr]
#>job install name lantern
#>job install provides light > 7
#>job lock pkg lantern-3-1.noarch@shop [noautoset]
#>job noop name lamp . src
#>job verify pkg lamp-1:2-1.x86_64@shop [weak,noautoset]

nextjob
evrcmp 1.0~rc1-1 1.0-1
evrcmp 2:1 1:9
genid lit a
genid lit 2
genid op >=
genid dep (b <IF> c) | d:any
genid op &
result genid <inline>
#>genid  1: genid lit 1.0~rc1-1
#>genid  1: genid lit 2:1
#>genid  1: genid lit a
#>genid  2: genid lit 1.0-1
#>genid  2: genid lit 1:9
#>genid  2: genid lit 2
#>genid  3: genid op <
#>genid  3: genid op >
#>genid  3: genid op >=
#>genid  4: genid lit b
#>genid  5: genid lit c
#>genid  6: genid op <IF>
#>genid  7: genid lit d
#>genid  8: genid lit any
#>genid  9: genid op <MULTIARCH>
#>genid 10: genid op |
#>genid 11: genid op &
#>genid dep 1.0~rc1-1 < 1.0-1
#>genid dep 2:1 > 1:9
#>genid dep a >= 2 & ((b <IF> c) | d:any)
