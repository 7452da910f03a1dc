# What was installed only for a package goes with it, what somebody asked for stays.
repo system 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: game 1 1 x86_64
#>=Prv: game = 1-1
#>=Req: engine
#>=Req: sounds
#>=Pkg: engine 1 1 x86_64
#>=Prv: engine = 1-1
#>=Req: libc
#>=Pkg: sounds 1 1 noarch
#>=Prv: sounds = 1-1
#>=Pkg: libc 1 1 x86_64
#>=Prv: libc = 1-1
system x86_64 rpm system
job userinstalled name libc
job erase name game [cleandeps]
result transaction,cleandeps <inline>
#>cleandeps engine-1-1.x86_64@system
#>cleandeps sounds-1-1.noarch@system
#>erase engine-1-1.x86_64@system
#>erase game-1-1.x86_64@system
#>erase sounds-1-1.noarch@system

nextjob
job userinstalled name sounds
job userinstalled name libc
job erase name game [cleandeps]
result transaction,cleandeps <inline>
#>cleandeps engine-1-1.x86_64@system
#>erase engine-1-1.x86_64@system
#>erase game-1-1.x86_64@system
