"""Ridgeline Builders, Inc.: its customers, projects, people, cost codes and vendors. An invented company."""

from __future__ import annotations

# number | name | contact | street | city | postal code
CUSTOMERS = """
C-001 | Harborview Medical Center | Lena Ostrow | 400 Bayside Drive | Larkspur | 94939
C-002 | City of Larkspur | Public Works | 1 Civic Plaza | Larkspur | 94939
C-003 | O'Brien Development Group | Fiona O'Brien | 88 Market Street | San Rafael | 94901
C-004 | Westfield School District | Facilities | 2100 School Road | Westfield | 94941
C-005 | Peña & Sons Hospitality | Rubén Peña | 17 Vineyard Lane | Sonoma | 95476
C-006 | Northgate Logistics LLC | Omar Haddad | 9300 Freight Way | Richmond | 94801
C-007 | Summit Electric | Kay Summers | 55 Foundry Street | Oakland | 94607
C-008 | Bayline Transit Authority | Capital Projects | 700 Terminal Avenue | Oakland | 94607
C-009 | Alder Creek Vineyards | Joan Alder | 4 Cellar Road | Napa | 94558
"""

# The name of one project is 120 characters long, one has a colon and one an emoji: ProForge allows them all.
LONG_NAME = (
    "Bayline Station 12 Platform Extension, Canopy Replacement, Accessibility Upgrades and Signal Rooms "
    "Relocation (Phase 02)"
)

# number | name | customer | status | prevailing wage | retainage | contract value
PROJECTS = f"""
24-101 | Harborview Tower Renovation | Harborview Medical Center | Active | No | 10 | 8450000.00
24-102 | Harborview Imaging Suite | Harborview Medical Center | Active | No | 10 | 1275000.00
24-103 | Larkspur Library Seismic Retrofit | City of Larkspur | Active | Yes | 5 | 3120500.00
24-104 | Larkspur Ferry Landing Restrooms | City of Larkspur | Completed | Yes | 5 | 486200.00
24-105 | O'Brien Mill Lofts | O'Brien Development Group | Active | No | 10 | 11980000.00
24-106 | Westfield HS: Gym Annex | Westfield School District | Active | Yes | 5 | 6742000.00
24-107 | Westfield Middle School Roof | Westfield School District | Completed | Yes | 5 | 912750.00
24-108 | Peña Vineyard Hotel 🍇 | Peña & Sons Hospitality | Active | No | 10 | 5310000.00
24-109 | Northgate Cross-Dock Expansion | Northgate Logistics LLC | Active | No | 10 | 4205000.00
24-110 | Northgate Truck Wash | Northgate Logistics LLC | Active | No | 10 | 688400.00
24-111 | Summit Electric Headquarters | Summit Electric | Active | No | 10 | 2199000.00
24-112 | {LONG_NAME} | Bayline Transit Authority | Active | Yes | 5 | 14870000.00
24-113 | Bayline Bus Yard Lighting | Bayline Transit Authority | Active | Yes | 5 | 1034000.00
24-114 | O'Brien Model Units | O'Brien Development Group | Completed | No | 10 | 242900.00
"""

# name | type | classification | pay rate | labor code
EMPLOYEES = """
Aaron Delacroix | Employee | Carpenter | 42.50 | 06-100
Alicia Fuentes | Employee | Project Supervisor | 58.00 | 01-310
Benjamin Oyelaran | Employee | Ironworker | 47.25 | 05-120
Carla Nguyen | Employee | Electrician | 51.00 | 26-050
Chris O'Malley | Employee | Carpenter | 41.00 | 06-100
Daniel Kowalski | Employee | Mason | 44.75 | 04-200
Deborah Finch | Employee | Painter | 37.50 | 09-900
Eduardo Santos | Employee | Concrete Finisher | 40.25 | 03-300
Emily Tran | Employee | Plumber | 52.00 | 22-050
Frank Abbott | Employee | Equipment Operator | 49.50 | 01-540
Grace Lindqvist | Employee | Carpenter | 43.00 | 06-200
Hector Ramírez | Employee | Laborer | 31.00 | 01-500
Isabel Moreau | Employee | Drywall Hanger | 38.75 | 09-250
Jamal Whitaker | Employee | Ironworker | 46.50 | 05-120
Joanna Petrov | Employee | Electrician | 50.50 | 26-050
Kevin McBride | Employee | Roofer | 39.00 | 07-500
Luis Ortega | Employee | Concrete Finisher | 40.00 | 03-300
Maria Gonzalez | Employee | Laborer | 32.50 | 01-740
Nathan Brooks | Employee | HVAC Technician | 48.00 | 23-050
Olivia Hart | Employee | Project Supervisor | 60.00 | 01-310
Robert Castellano | Employee | Carpenter | 44.00 | 06-100
Steven Park | Employee | Plumber | 51.50 | 22-050
Marcus Webb | Employee | Laborer | 30.50 | 01-500
Tomás Vega | 1099 | Concrete Finisher | 55.00 | 03-300
Dale Hutchins | 1099 | Equipment Operator | 65.00 | 01-540
Rosa Iglesias | 1099 | Painter | 45.00 | 09-900
Wayne Tidwell | 1099 | Roofer | 48.00 | 07-500
Priya Raman | 1099 | Electrician | 70.00 | 26-050
Anders Holm | Employee | Carpenter | 40.50 | 06-200
Beatriz Lozano | Employee | Laborer | 31.25 | 01-500
Cody Raines | Employee | Laborer | 30.00 | 31-200
Darnell Shaw | Employee | Equipment Operator | 48.75 | 31-200
Elif Aydoğan | Employee | Drywall Hanger | 39.25 | 09-250
Felix Brandt | Employee | Mason | 43.50 | 04-200
Gus Halloran | Employee | Laborer | 31.75 | 01-500
Hana Sato | Employee | Electrician | 49.75 | 26-050
Ivan Dragomir | Employee | Ironworker | 46.00 | 05-120
Jess Pruitt | Employee | Painter | 36.75 | 09-900
Kofi Mensah | Employee | Concrete Finisher | 39.75 | 03-300
Lorena Bautista | Employee | Laborer | 32.00 | 01-740
Miles Keaton | Employee | HVAC Technician | 47.50 | 23-050
Noor Rahimi | Employee | Plumber | 50.25 | 22-050
Owen Gallagher | Employee | Roofer | 38.50 | 07-500
Paula Stein | Employee | Project Supervisor | 57.50 | 01-310
Renée Dubois | Employee | Carpenter | 42.00 | 06-200
Tyrell Jacobs | Employee | Laborer | 30.75 | 31-200
"""
LEFT = "Gus Halloran"  # inactive now, with hours in the first weeks

# code | description | category
COST_CODES = """
01-310 | Project Supervision | Labor
01-320 | Scheduling and Submittals | Other
01-410 | Permits & Fees | Other
01-450 | Testing and Inspection | Subcontractor
01-500 | General Labor | Labor
01-510 | Job Site Utilities | Other
01-520 | Small Tools & Supplies | Materials
01-530 | Temporary Fencing | Equipment
01-540 | Equipment Operator | Labor
01-545 | Equipment Rental | Equipment
01-548 | Fuel | Equipment
01-550 | Freight & Delivery | Materials
01-560 | Bonds | Other
01-565 | Builders Risk Insurance | Other
01-740 | Safety & Cleanup | Labor
01-745 | Dump Fees | Other
01-900 | Other Job Costs | Other
02-410 | Selective Demolition | Subcontractor
02-820 | Asbestos Abatement | Subcontractor
03-100 | Formwork Materials | Materials
03-200 | Reinforcing Steel | Materials
03-300 | Concrete Labor | Labor
03-310 | Ready-Mix Concrete | Materials
03-350 | Concrete Pumping | Equipment
04-200 | Masonry Labor | Labor
04-220 | Brick and Block | Materials
04-900 | Masonry Subcontractor | Subcontractor
05-120 | Steel Erection Labor | Labor
05-125 | Structural Steel | Materials
05-500 | Miscellaneous Metals | Materials
05-900 | Crane and Rigging | Equipment
06-100 | Carpentry Labor | Labor
06-110 | Framing Lumber | Materials
06-200 | Finish Labor | Labor
06-220 | Millwork and Trim | Materials
07-210 | Insulation | Subcontractor
07-500 | Roofing Labor | Labor
07-510 | Roofing Materials | Materials
07-520 | Roofing Subcontractor | Subcontractor
07-900 | Joint Sealants | Materials
08-100 | Doors and Frames | Materials
08-800 | Glass and Glazing | Subcontractor
09-250 | Drywall Labor | Labor
09-260 | Drywall Subcontractor | Subcontractor
09-300 | Tile | Subcontractor
09-650 | Resilient Flooring | Subcontractor
09-900 | Painting Labor | Labor
09-910 | Paint and Coatings | Materials
10-140 | Signage | Materials
11-660 | Gymnasium Equipment | Equipment
14-200 | Elevators | Subcontractor
21-100 | Fire Sprinklers | Subcontractor
22-050 | Plumbing Labor | Labor
22-100 | Plumbing Materials | Materials
23-050 | HVAC Labor | Labor
23-300 | Ductwork and Units | Materials
26-050 | Electrical Labor | Labor
26-100 | Electrical Materials | Materials
26-900 | Electrical Subcontractor | Subcontractor
27-100 | Low Voltage Cabling | Subcontractor
31-200 | Site Work Labor | Labor
31-230 | Excavation | Subcontractor
31-250 | Shoring Rental | Equipment
32-120 | Asphalt Paving | Subcontractor
32-900 | Landscaping | Subcontractor
33-100 | Water and Sewer Pipe | Materials
33-400 | Storm Drainage | Subcontractor
99-999 | Misc - ask Dana | Other
"""
ODD_CODE = "99-999"

# name | the cost codes of its bills
VENDORS = """
Granite Ready Mix | 03-310 03-350
Cascade Lumber & Supply | 06-110 03-100 06-220
Pacific Crane Rental | 05-900 01-545
Larkspur Plumbing Supply | 22-100 33-100
Allied Steel Fabricators | 05-125 05-500
Bright Electric Wholesale | 26-100
Evergreen Equipment Rental | 01-545 01-548 31-250
Redwood Drywall Co. | 09-260
Coastal Insulation Inc | 07-210
Tri-County Disposal | 01-745
Summit Electric | 26-900 27-100
Peninsula Paving | 32-120
J&R Roofing | 07-520 07-510
Ferguson Masonry | 04-900 04-220
Old Mill Quarry | 31-230 01-550
Adobe Tile & Stone | 09-300
Baker's Millwork | 06-220
Beltrán Excavation | 31-230 33-400
Blue Heron Landscaping | 32-900
Bridgeway Elevator | 14-200
Café Paint Supply | 09-910
Castle Rock Rebar | 03-200
Clear Span Glazing | 08-800
Cooper's Door & Hardware | 08-100
County Permit Center | 01-410
D'Angelo Fire Protection | 21-100
Delta Fuel Services | 01-548
Dockside Freight | 01-550
East Bay Testing Labs | 01-450
Foothill Flooring | 09-650
García Brothers Demolition | 02-410
Golden Gate Sheet Metal | 23-300
Harbor Tool & Fastener | 01-520
Hillcrest Signs | 10-140
Iron Horse Fencing | 01-530
Köhler Sport Equipment | 11-660
Lone Pine Portables | 01-530 01-900
Marin Power & Light | 01-510
McAllister Surety | 01-560 01-565
Müller Coatings | 09-910 07-900
North Coast Abatement | 02-820
O'Leary Concrete Pumping | 03-350
Pioneer Scaffold & Shoring | 31-250
Quick Print Plans | 01-320
Ramos & Daughters Cleaning | 01-900
Sequoia Low Voltage | 27-100
Sierra Storm Drain | 33-400
Tidewater Pipe & Supply | 33-100 22-100
Union Safety Supply | 01-520
Valley Water District | 01-510
West Marin Brick & Block | 04-220
"""


def rows_of(table: str) -> list[list[str]]:
    """The lines of a table above, cut at their bars."""
    return [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if line.strip()]
