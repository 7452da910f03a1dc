# Two wishes that exclude each other, and what can be given up; then one of them is.
repo shop 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: cat 1 1 noarch
#>=Prv: cat = 1-1
#>=Pkg: mouse 1 1 noarch
#>=Prv: mouse = 1-1
#>=Con: cat
#>=Pkg: bell 1 1 noarch
#>=Prv: bell = 1-1
#>=Req: hole
system x86_64 rpm
job install name cat
job install name mouse
result transaction,problems <inline>
#>problem ecbdfd04 info package mouse-1-1.noarch conflicts with cat provided by cat-1-1.noarch
#>problem ecbdfd04 solution 762ab6ec deljob install name mouse
#>problem ecbdfd04 solution bcc9155d deljob install name cat

nextjob
job install name bell
result transaction,problems <inline>
#>problem 71bb2462 info nothing provides hole needed by bell-1-1.noarch
#>problem 71bb2462 solution 78f1d861 deljob install name bell

nextjob
job install name cat
job install name mouse [weak]
result transaction,problems <inline>
#>install cat-1-1.noarch@shop
