# Kernels stay side by side; the oldest goes by hand; a disabled one cannot come.
repo @System 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: kernel 5.1 1 x86_64
#>=Prv: kernel = 5.1-1
repo shop 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: kernel 5.2 1 x86_64
#>=Prv: kernel = 5.2-1
#>=Pkg: kernel 5.3 1 x86_64
#>=Prv: kernel = 5.3-1
system x86_64 rpm @System
job multiversion name kernel
job update all packages
result transaction,problems <inline>
#>install kernel-5.3-1.x86_64@shop

nextjob
job multiversion name kernel
job install name kernel = 5.3-1
job erase pkg kernel-5.1-1.x86_64@@System
result transaction,problems <inline>
#>erase kernel-5.1-1.x86_64@@System
#>install kernel-5.3-1.x86_64@shop

nextjob
disable pkg kernel-5.3-1.x86_64@shop
job multiversion name kernel
job install name kernel [forcebest]
result transaction,problems <inline>
#>install kernel-5.2-1.x86_64@shop
