# Keeping a package fails after a choice was made for a job: the whole system step has to be redone.
repo system 0 testtags <inline>
#>=Pkg: lib 2 1 x86_64
#>=Prv: v0
#>=Pkg: tool 4 1 x86_64
#>=Req: v0
#>=Pkg: other 1 1 noarch
repo r0 0 testtags <inline>
#>=Pkg: app 1 1 noarch
#>=Req: lib
#>=Pkg: other 2 1 noarch
#>=Pkg: core 3 1 x86_64
#>=Pkg: core 1 1 noarch
#>=Pkg: tool 1:3 1 x86_64
#>=Prv: v0 = 2
#>=Pkg: lib 4 1 x86_64
#>=Req: core
system x86_64 rpm system
solverflags focusbest
job install name app [cleandeps]
result transaction,problems <inline>
#>install app-1-1.noarch@r0
#>install core-3-1.x86_64@r0
#>upgrade lib-2-1.x86_64@system lib-4-1.x86_64@r0
#>upgrade tool-4-1.x86_64@system tool-1:3-1.x86_64@r0
