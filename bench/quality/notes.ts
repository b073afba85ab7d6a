/**
 * Phrases with an identifier, added to a descriptor: `{slot}` stands for the identifier, everything else has to
 * stay. Written for this project. Slots: name (this patient), dr (named in the header too), person (named here
 * alone), mrn acc (in the header too), id (here alone), date dob (in the header too), when (here alone), phone
 * fax email ssn addr inst (in the header too) place (here alone) serial account plan license vehicle url ip uid.
 */
export const PHRASES: readonly string[] = `
Dr. {dr}
DR {dr}
Dr {person}
for Dr. {person}
per Dr. {dr}
ref Dr {person}
seen by {person}
read by {person}
read by Dr. {dr}
Radiologist: {person}
Tech: {person}
Technologist {dr}
Operator: {dr}
Referring physician: {person}
dictated by {person}
performed by {dr}
reviewed with Dr. {person}
attending {dr}
Prof. {person}
Patient: {name}
Patient {name}
pt {name}
Pt: {name}
Name: {name}
{name}
({name})
- {name}
/{name}/
{name} MRN {mrn}
MRN {mrn}
MRN: {mrn}
MRN#{mrn}
mrn={mrn}
#{mrn}
({mrn})
{mrn}
ID {mrn}
ID: {mrn}
Pat ID {mrn}
Acc {acc}
Acc# {acc}
Accession: {acc}
ACC:{acc}
{acc}
order {acc}
old MRN {id}
outside MRN: {id}
prior accession {id}
{date}
{when}
on {when}
({when})
compare {when}
prior {when}
DOB {dob}
DOB: {dob}
dob={dob}
born {dob}
*{dob}
{name} {dob}
call {phone}
tel {phone}
Ph: {phone}
phone {phone}
pager {phone}
cell {phone}
{phone}
fax {fax}
Fax: {fax}
FAX# {fax}
{email}
email {email}
report to {email}
SSN {ssn}
SSN: {ssn}
ss# {ssn}
{addr}
lives at {addr}
{inst}
from {inst}
transfer from {inst}
outside study {place}
imported from {place}
S/N {serial}
serial {serial}
scanner SN {serial}
acct {account}
Account #: {account}
policy {plan}
insurance {plan}
member ID {plan}
lic {license}
license no. {license}
driver license {license}
plate {vehicle}
license plate {vehicle}
{url}
see {url}
from {ip}
host {ip}
UID {uid}
orig {uid}
ref {uid}
`
  .trim()
  .split("\n");

/** Whole notes, for elements with room. Same slots; everything outside them has to stay. */
export const NOTES: readonly string[] = `
Patient {name}, MRN {mrn}, presented with acute chest pain and dyspnea. CTPA performed with 75 ml Omnipaque 350. No filling defect.
Comparison: CT abdomen dated {when}. Findings: the liver is normal in size. No focal lesion. Spleen and pancreas unremarkable.
Discussed with Dr. {person} by phone at {phone} immediately after the examination. Critical result: tension pneumothorax.
History: fall from ladder. {name} denies loss of consciousness. GCS 15. No anticoagulation.
Referred by Dr. {dr}, {inst}. Question: recurrence of hepatocellular carcinoma in segment 8.
Injected {date} by {person}, 370 MBq FDG, right antecubital vein, glucose 98 mg/dl, uptake time 62 min.
DOB {dob}. Indication: staging of non-small cell lung cancer. Technique: 5 mm axial reconstructions.
{name} was claustrophobic; the examination was stopped after the T2 weighted sequence and repeated on {when} under sedation.
Outside images from {place} were imported for second opinion. Original accession {id}. Quality is limited by motion.
Please send the report to {email} or fax {fax}. Images on PACS. Impression: stable appearance of the left frontal meningioma.
Technologist: {dr}. IV access 20 gauge right AC. No contrast reaction. Breath hold poor on arterial phase.
Patient's daughter can be reached at {phone}. Consent obtained. Biopsy of the right upper lobe nodule under CT guidance.
Accession {acc}. Clinical information: elevated PSA 8.4, prior negative biopsy. PI-RADS 4 lesion in the left peripheral zone.
Mr. {name} has had a total hip arthroplasty on the right. No evidence of loosening. Follow-up in 12 months.
SSN {ssn}. Insurance {plan}. Pre-operative planning CT of the knee with 0.625 mm slices.
Signed electronically by {person} on {when}. Final report. No acute intracranial hemorrhage, mass effect or midline shift.
Lives at {addr}. Home oxygen. Emphysema with bullae in both upper lobes, right more than left.
Transferred from {inst} with suspected aortic dissection. ECG gated CTA from arch to femoral arteries.
The examination was read by {person} and reviewed by Dr. {dr}. Agree with findings. Mild degenerative change L4-L5.
Pacemaker S/N {serial}, MR conditional at 1.5T, set to asynchronous mode before the scan. No arrhythmia observed.
Correlate with prior mammogram of {when}. Scattered fibroglandular density. BI-RADS 2.
MRN changed from {id} to {mrn} after merge. No change of images. Series 4 is a repeat of series 3.
Images available at {url}. Radiation dose: CTDIvol 12.4 mGy, DLP 512 mGy cm.
Study UID {uid} was sent twice. Duplicate series deleted by PACS team. Window 400/40.
Acquired on workstation {ip}. Reconstruction kernel Br40, slice thickness 1 mm, increment 0.7 mm.
Account {account}; order placed by {person}. Reason for exam: persistent headache, rule out mass.
Mrs. {name} arrived by ambulance; vehicle plate {vehicle}. Seat belt sign over the left shoulder. Fracture of ribs 4 to 7 on the left.
Dictated {when} 14:35 by Dr {person}; transcribed {when}. Hodgkin lymphoma, partial response, Deauville 3.
Exam date {date}. Age 64 years. Post Whipple procedure. Fluid collection 3.2 x 2.8 cm next to the anastomosis.
Family history: mother with breast cancer at 45. Patient {name} carries BRCA1. Background enhancement mild.
Wilson disease suspected. Kayser-Fleischer rings per ophthalmology, Dr. {person}. T2 hyperintensity in the putamen.
Foley catheter in place. Bladder decompressed. Discussed with {person}, RN. Stone 4 mm at the left ureterovesical junction.
Driver license {license} was scanned by mistake into the record of {name}. Knee MRI: tear of the medial meniscus, grade 3.
For questions call Radiology at {phone} or page {person}. Incidental finding: adrenal nodule 1.4 cm, 8 HU, adenoma.
Prior studies at {place} from {when} were not available. Chronic infarct in the left middle cerebral artery territory.
Interpreted by: {person}, MD. Impression: 1. No pulmonary embolism. 2. Small left pleural effusion. 3. Coronary calcification.
Wound check {when}; drain removed. Compared to {date} the abscess in the right lower quadrant has resolved.
Baker cyst 4.2 cm. Patient {name} wishes a copy of the images by mail to {addr}.
Study for {name} born {dob} ID {mrn} performed at {inst}. Normal cardiac silhouette. Lungs clear.
Protocol approved by {person}. b values 0, 500 and 1000. TR 5400 TE 72 NEX 4. Two averages.
Note to Dr. {dr}: enlarged mediastinal lymph nodes, station 4R 14 mm, station 7 18 mm; consider EBUS.
Patient identified by name ({name}) and birth date ({dob}). Right knee marked. Procedure time out done.
Dose in trial was 60 Gy in 30 fractions, planned by {person}. Heart mean 4.1 Gy. Lungs V20 18%.
Ultrasound of the thyroid: right lobe nodule 12 x 9 x 8 mm, TI-RADS 3. FNA scheduled on {when}.
`
  .trim()
  .split("\n");
