"""The lists of Intuit's stock company for practice, Craig's Design and Landscaping Services: ids and names.

Account ids have gaps where the chart has them. Two tax accounts stand under SalesTaxPayable here.
"""

from typing import Final

# id|full name|sub-type
ACCOUNTS: Final = """
1|Services|ServiceFeeIncome
2|Retained Earnings|RetainedEarnings
3|Prepaid Expenses|PrepaidExpenses
4|Undeposited Funds|UndepositedFunds
5|Fees Billed|ServiceFeeIncome
6|Refunds-Allowances|DiscountsRefundsGiven
7|Advertising|AdvertisingPromotional
8|Bank Charges|BankCharges
9|Commissions & fees|OtherMiscellaneousServiceCost
10|Dues & Subscriptions|DuesSubscriptions
11|Insurance|Insurance
12|Legal & Professional Fees|LegalProfessionalFees
13|Meals and Entertainment|EntertainmentMeals
14|Miscellaneous|OtherMiscellaneousExpense
15|Office Expenses|OfficeGeneralAdministrativeExpenses
16|Promotional|AdvertisingPromotional
17|Rent or Lease|RentOrLeaseOfBuildings
19|Stationery & Printing|OfficeGeneralAdministrativeExpenses
20|Supplies|SuppliesMaterials
21|Taxes & Licenses|TaxesPaid
22|Travel|Travel
23|Travel Meals|TravelMeals
24|Utilities|Utilities
25|Interest Earned|InterestEarned
26|Other Portfolio Income|OtherMiscellaneousIncome
27|Penalties & Settlements|PenaltiesSettlements
28|Disposal Fees|OtherMiscellaneousServiceCost
29|Equipment Rental|EquipmentRental
30|Uncategorized Income|ServiceFeeIncome
31|Uncategorized Expense|OtherMiscellaneousServiceCost
32|Uncategorized Asset|OtherCurrentAssets
33|Accounts Payable (A/P)|AccountsPayable
34|Opening Balance Equity|OpeningBalanceEquity
35|Checking|Checking
36|Savings|Savings
37|Truck|Vehicles
38|Truck:Original Cost|Vehicles
39|Truck:Depreciation|AccumulatedDepreciation
40|Depreciation|Depreciation
41|Mastercard|CreditCard
42|Visa|CreditCard
43|Loan Payable|OtherCurrentLiabilities
44|Notes Payable|OtherLongTermLiabilities
45|Landscaping Services|OtherPrimaryIncome
46|Landscaping Services:Job Materials|OtherPrimaryIncome
47|Landscaping Services:Job Materials:Decks and Patios|OtherPrimaryIncome
48|Landscaping Services:Job Materials:Fountains and Garden Lighting|OtherPrimaryIncome
49|Landscaping Services:Job Materials:Plants and Soil|OtherPrimaryIncome
50|Landscaping Services:Job Materials:Sprinklers and Drip Systems|OtherPrimaryIncome
51|Landscaping Services:Labor|OtherPrimaryIncome
52|Landscaping Services:Labor:Installation|OtherPrimaryIncome
53|Landscaping Services:Labor:Maintenance and Repair|OtherPrimaryIncome
54|Pest Control Services|OtherPrimaryIncome
55|Automobile|Auto
56|Automobile:Fuel|Auto
57|Insurance:Workers Compensation|Insurance
58|Job Expenses|OtherMiscellaneousServiceCost
59|Job Expenses:Cost of Labor|OtherMiscellaneousServiceCost
60|Job Expenses:Cost of Labor:Installation|OtherMiscellaneousServiceCost
61|Job Expenses:Cost of Labor:Maintenance and Repairs|OtherMiscellaneousServiceCost
62|Job Expenses:Equipment Rental|EquipmentRental
63|Job Expenses:Job Materials|SuppliesMaterials
64|Job Expenses:Job Materials:Decks and Patios|SuppliesMaterials
65|Job Expenses:Job Materials:Fountain and Garden Lighting|SuppliesMaterials
66|Job Expenses:Job Materials:Plants and Soil|SuppliesMaterials
67|Job Expenses:Job Materials:Sprinklers and Drip Systems|SuppliesMaterials
68|Job Expenses:Permits|OtherMiscellaneousServiceCost
69|Legal & Professional Fees:Accounting|LegalProfessionalFees
70|Legal & Professional Fees:Bookkeeper|LegalProfessionalFees
71|Legal & Professional Fees:Lawyer|LegalProfessionalFees
72|Maintenance and Repair|RepairMaintenance
73|Maintenance and Repair:Building Repairs|RepairMaintenance
74|Maintenance and Repair:Computer Repairs|RepairMaintenance
75|Maintenance and Repair:Equipment Repairs|RepairMaintenance
76|Utilities:Gas and Electric|Utilities
77|Utilities:Telephone|Utilities
78|Purchases|SuppliesMaterials
79|Sales of Product Income|SalesOfProductIncome
80|Cost of Goods Sold|SuppliesMaterialsCogs
81|Inventory Asset|Inventory
82|Design income|OtherPrimaryIncome
83|Other Income|OtherPrimaryIncome
84|Accounts Receivable (A/R)|AccountsReceivable
85|Billable Expense Income|ServiceFeeIncome
86|Discounts given|DiscountsRefundsGiven
87|Unapplied Cash Payment Income|UnappliedCashPaymentIncome
88|Unapplied Cash Bill Payment Expense|UnappliedCashBillPaymentExpense
89|Arizona Dept. of Revenue Payable|SalesTaxPayable
90|Board of Equalization Payable|SalesTaxPayable
"""
# id|name|parent's id
CUSTOMERS: Final = """
1|Amy's Bird Sanctuary
2|Bill's Windsurf Shop
3|Cool Cars
4|Diego Rodriguez
5|Dukes Basketball Camp
6|Dylan Sollfrank
7|Freeman Sporting Goods
8|0969 Ocean View Road|7
9|55 Twin Lane|7
10|Geeta Kalapatapu
11|Gevelber Photography
12|Jeff's Jalopies
13|John Melton
14|Kate Whelan
15|Pye's Cakes
16|Kookies by Kathy
17|Mark Cho
18|Paulsen Medical Supplies
19|Rago Travel Agency
20|Red Rock Diner
21|Rondonuwu Fruit and Vegi
22|Shara Barnett
23|Barnett Design|22
24|Sonnenschein Family Store
25|Sushi by Katsuyuki
26|Travis Waldron
27|Video Games by Dan
28|Wedding Planning by Whitney
29|Weiskopf Consulting
"""
# id|name
VENDORS: Final = """
30|Books by Bessie
31|Brosnahan Insurance Agency
32|Cal Telephone
33|Chin's Gas and Oil
34|Cigna Health Care
35|Computers by Jenni
36|Diego's Road Warrior Bodyshop
37|EDD
38|Ellis Equipment Rental
39|Fidelity
40|Hall Properties
41|Hicks Hardware
42|Lee Advertising
43|Mahoney Mugs
44|Met Life Dental
45|National Eye Care
46|Norton Lumber and Building Materials
47|Pam Seitz
48|PG&E
49|Robertson & Associates
50|Tania's Nursery
51|Tim Philip Masonry
52|Tony Rondonuwu
53|United States Treasury
56|Bob's Burger Joint
57|Squeaky Kleen Car Wash
"""
EMPLOYEES: Final = """
54|John Johnson
55|Emily Platt
"""
# id|name|type|price|income account
ITEMS: Final = """
1|Services|Service|0|1
2|Hours|Service|0|1
3|Concrete|Service|0|48
4|Design|Service|75|82
5|Rock Fountain|Inventory|275|79
8|Lighting|Service|0|48
9|Maintenance & Repair|Service|0|53
10|Pest Control|Service|35|54
11|Pump|Inventory|15|79
18|Trimming|Service|35|45
"""
# id|name|days
TERMS: Final = """
1|Due on receipt|0
2|Net 15|15
3|Net 30|30
4|Net 60|60
"""


def rows(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().splitlines()]
