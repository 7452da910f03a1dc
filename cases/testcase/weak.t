# Recommended packages come along, suggested ones are only named, and neither for those who say no.
repo shop 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: coffee 1 1 noarch
#>=Prv: coffee = 1-1
#>=Rec: milk
#>=Sug: cake
#>=Pkg: milk 1 1 noarch
#>=Prv: milk = 1-1
#>=Pkg: oat-milk 1 1 noarch
#>=Prv: oat-milk = 1-1
#>=Prv: milk
#>=Pkg: cake 1 1 noarch
#>=Prv: cake = 1-1
#>=Pkg: spoon 1 1 noarch
#>=Prv: spoon = 1-1
#>=Sup: coffee & milk
system x86_64 rpm
job install name coffee
result transaction,alternatives,recommended <inline>
#>alternative f4f05915  0 milk, recommended by coffee-1-1.noarch
#>alternative f4f05915  1 + milk-1-1.noarch@shop
#>alternative f4f05915  2   oat-milk-1-1.noarch@shop
#>install coffee-1-1.noarch@shop
#>install milk-1-1.noarch@shop
#>install spoon-1-1.noarch@shop
#>recommended milk-1-1.noarch@shop
#>recommended spoon-1-1.noarch@shop
#>suggested cake-1-1.noarch@shop

nextjob
solverflags ignorerecommended
job install name coffee
result transaction <inline>
#>install coffee-1-1.noarch@shop

nextjob
job install name coffee
job disfavor name spoon
job favor name oat-milk
result transaction <inline>
#>install coffee-1-1.noarch@shop
#>install oat-milk-1-1.noarch@shop
