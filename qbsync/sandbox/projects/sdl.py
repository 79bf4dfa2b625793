"""The schema of the GraphQL service, as text."""

from typing import Final

SDL: Final = '''
"""2024-08-22T00:00:00.000Z; taken with any offset, always told in this form."""
scalar DateTime
scalar Decimal
"""From 1 up."""
scalar PositiveInt
"""Three capital letters, as ISO 3166 has them."""
scalar Common_CountryCode
"""Which of several: its values are not published."""
scalar Common_Ordinal

enum ProjectManagement_Status { OPEN IN_PROGRESS BLOCKED CANCELED COMPLETE OTHER }
enum ProjectManagement_OrderBy { DUE_DATE_ASC DUE_DATE_DESC }

type ProjectManagement_Customer { id: ID! }
type ProjectManagement_Company { id: ID! }
type ProjectManagement_User { id: ID! }
type Qb_EmailAddress { email: String! name: String }
type Qb_PostalAddress {
  streetAddressLine1: String! streetAddressLine2: String streetAddressLine3: String
  city: String state: String postalCode: String country: Common_CountryCode
}
type ProjectManagement_Project {
  id: ID! name: String! description: String type: String status: ProjectManagement_Status! priority: Int
  customer: ProjectManagement_Customer account: ProjectManagement_Company assignee: ProjectManagement_User
  startDate: DateTime dueDate: DateTime completedDate: DateTime completedBy: String completionRate: Decimal
  pinned: Boolean emailAddress: [Qb_EmailAddress!] addresses: [Qb_PostalAddress!] deleted: Boolean!
}
type ProjectManagement_ProjectEdge { node: ProjectManagement_Project! cursor: String! }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type ProjectManagement_ProjectConnection { edges: [ProjectManagement_ProjectEdge!]! pageInfo: PageInfo! }

input ProjectManagement_CustomerInput { id: ID! }
input ProjectManagement_CompanyInput { id: ID! }
input ProjectManagement_UserInput { id: ID! }
input Common_ContactVariationInput { usage: String! purpose: String! ordinal: Common_Ordinal! }
input Qb_EmailAddressInput {
  email: String! name: String domain: String variation: Common_ContactVariationInput verification: String
}
input Qb_PostalAddressInput {
  streetAddressLine1: String! streetAddressLine2: String streetAddressLine3: String
  city: String state: String postalCode: String country: Common_CountryCode
}

input ProjectManagement_CreateProjectInput {
  name: String! description: String type: String status: ProjectManagement_Status priority: Int
  customer: ProjectManagement_CustomerInput account: ProjectManagement_CompanyInput
  startDate: DateTime dueDate: DateTime completionRate: Decimal pinned: Boolean
  emailAddress: [Qb_EmailAddressInput] addresses: [Qb_PostalAddressInput]
}
input ProjectManagement_UpdateProjectInput {
  id: ID! name: String description: String type: String status: ProjectManagement_Status priority: Int
  customer: ProjectManagement_CustomerInput account: ProjectManagement_CompanyInput
  startDate: DateTime dueDate: DateTime completionRate: Decimal pinned: Boolean
  emailAddress: [Qb_EmailAddressInput] addresses: [Qb_PostalAddressInput]
}
input ProjectManagement_UpdateNameInput { id: ID! name: String! }
input ProjectManagement_UpdateStatusInput { id: ID! status: ProjectManagement_Status! }
input ProjectManagement_UpdateDescriptionInput { id: ID! description: String }
input ProjectManagement_UpdateDueDateInput { id: ID! dueDate: DateTime }
input ProjectManagement_UpdateStartDateInput { id: ID! startDate: DateTime }
input ProjectManagement_UpdateCustomerInput { id: ID! customer: ProjectManagement_CustomerInput! }
input ProjectManagement_UpdateCompletionRateInput { id: ID! completionRate: Decimal }
input ProjectManagement_UpdateEmailAddressInput { id: ID! emailAddress: [Qb_EmailAddressInput] }
input ProjectManagement_UpdateAddressesInput { id: ID! addresses: [Qb_PostalAddressInput] }
input ProjectManagement_DeleteProjectInput { id: ID! }

input ProjectManagement_IdFilter { equals: ID in: [ID!] }
input ProjectManagement_TextFilter { equals: String in: [String!] }
input ProjectManagement_NumberFilter { equals: Int in: [Int!] }
input ProjectManagement_StatusFilter {
  equals: ProjectManagement_Status in: [ProjectManagement_Status!] nin: [ProjectManagement_Status!]
}
input ProjectManagement_DateRange { minDate: DateTime! maxDate: DateTime! }
input ProjectManagement_DateFilter { between: ProjectManagement_DateRange }
input ProjectManagement_ProjectFilter {
  id: ProjectManagement_IdFilter status: ProjectManagement_StatusFilter customer: ProjectManagement_IdFilter
  type: ProjectManagement_TextFilter priority: ProjectManagement_NumberFilter
  dueDate: ProjectManagement_DateFilter startDate: ProjectManagement_DateFilter
  includeRecurringProjects: Boolean deleted: Boolean
}

input Payroll_EmployeeCompensationsFilter { employeeId: ID! active: Boolean }
type Payroll_CompensationType { key: String! description: String value: String }
type Payroll_EmployerCompensation { id: ID! name: String! type: Payroll_CompensationType }
type Payroll_EmployeeCompensation { id: ID! active: Boolean! employerCompensation: Payroll_EmployerCompensation }
type Payroll_EmployeeCompensationEdge { node: Payroll_EmployeeCompensation! }
type Payroll_EmployeeCompensationConnection { edges: [Payroll_EmployeeCompensationEdge!]! }

type Query {
  projectManagementProject(id: ID!): ProjectManagement_Project
  projectManagementProjects(
    first: PositiveInt! after: String filter: ProjectManagement_ProjectFilter! orderBy: [ProjectManagement_OrderBy!]
  ): ProjectManagement_ProjectConnection
  payrollEmployeeCompensations(
    filter: Payroll_EmployeeCompensationsFilter!
  ): Payroll_EmployeeCompensationConnection
}
type Mutation {
  projectManagementCreateProject(input: ProjectManagement_CreateProjectInput!): ProjectManagement_Project
  projectManagementUpdateProject(input: ProjectManagement_UpdateProjectInput!): ProjectManagement_Project
  projectManagementUpdateName(input: ProjectManagement_UpdateNameInput!): ProjectManagement_Project
  projectManagementUpdateStatus(input: ProjectManagement_UpdateStatusInput!): ProjectManagement_Project
  projectManagementUpdateDescription(input: ProjectManagement_UpdateDescriptionInput!): ProjectManagement_Project
  projectManagementUpdateDueDate(input: ProjectManagement_UpdateDueDateInput!): ProjectManagement_Project
  projectManagementUpdateStartDate(input: ProjectManagement_UpdateStartDateInput!): ProjectManagement_Project
  projectManagementUpdateCustomer(input: ProjectManagement_UpdateCustomerInput!): ProjectManagement_Project
  projectManagementUpdateCompletionRate(
    input: ProjectManagement_UpdateCompletionRateInput!
  ): ProjectManagement_Project
  projectManagementUpdateEmailAddress(input: ProjectManagement_UpdateEmailAddressInput!): ProjectManagement_Project
  projectManagementUpdateAddresses(input: ProjectManagement_UpdateAddressesInput!): ProjectManagement_Project
  projectManagementDeleteProject(input: ProjectManagement_DeleteProjectInput!): ProjectManagement_Project
}
'''
