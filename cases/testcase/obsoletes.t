# A package that obsoletes another takes its place on an update; the old name is erased by it.
repo system 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: tea 1 1 noarch
#>=Prv: tea = 1-1
#>=Pkg: sugar 1 1 noarch
#>=Prv: sugar = 1-1
repo shop 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: herbal-tea 2 1 noarch
#>=Prv: herbal-tea = 2-1
#>=Obs: tea < 2
#>=Pkg: sugar 2 1 noarch
#>=Prv: sugar = 2-1
system x86_64 rpm system
job update all packages
result transaction,problems <inline>
#>erase tea-1-1.noarch@system herbal-tea-2-1.noarch@shop
#>install herbal-tea-2-1.noarch@shop
#>upgrade sugar-1-1.noarch@system sugar-2-1.noarch@shop
