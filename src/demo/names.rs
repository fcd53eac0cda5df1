//! Names as people in India have them, by language.

/// Names that go together.
pub(super) struct Tongue {
    pub(super) women: &'static [&'static str],
    pub(super) men: &'static [&'static str],
    pub(super) families: &'static [&'static str],
}

#[rustfmt::skip]
pub(super) const TONGUES: [Tongue; 12] = [
    // Marathi, the language of both towns, comes twice: in Latin letters and in Devanagari.
    Tongue {
        women: &["Aarti", "Ashwini", "Gauri", "Kalpana", "Manisha", "Mrunal", "Pallavi", "Rohini", "Shubhangi", "Snehal", "Sulabha", "Vaishali"],
        men: &["Abhijit", "Ajinkya", "Dattatray", "Ganesh", "Mahesh", "Nilesh", "Pandurang", "Prasad", "Sachin", "Shrikant", "Tukaram", "Vinayak"],
        families: &["Bhosale", "Chavan", "Deshmukh", "Gaikwad", "Jagtap", "Joshi", "Kadam", "Kale", "Kulkarni", "Mane", "Patil", "Pawar", "Phadke", "Sawant", "Shinde", "Wagh"],
    },
    Tongue {
        women: &["आशा", "सविता", "माधुरी", "वैशाली", "सुनीता", "रेखा", "अनघा", "मंगल"],
        men: &["गणेश", "संजय", "विठ्ठल", "प्रकाश", "मनोज", "अनिल", "राजेंद्र", "दत्तात्रय"],
        families: &["कुलकर्णी", "जाधव", "पाटील", "शिंदे", "मोरे", "देशपांडे", "गायकवाड", "जोशी"],
    },
    Tongue {
        women: &["Anjali", "Kavita", "Meenakshi", "Neha", "Pooja", "Rashmi", "Shalini", "Usha"],
        men: &["Ajay", "Deepak", "Manoj", "Pankaj", "Rajesh", "Sandeep", "Suresh", "Vivek"],
        families: &["Agarwal", "Chaturvedi", "Gupta", "Mishra", "Pandey", "Saxena", "Sharma", "Srivastava", "Tiwari", "Verma", "Yadav"],
    },
    Tongue {
        women: &["Bhavna", "Daksha", "Hetal", "Jignasha", "Komal", "Nirali"],
        men: &["Bhavesh", "Chirag", "Hardik", "Jayesh", "Ketan", "Nilay"],
        families: &["Desai", "Mehta", "Modi", "Panchal", "Parekh", "Patel", "Shah", "Trivedi"],
    },
    Tongue {
        women: &["Abirami", "Kavitha", "Lakshmi", "Meenatchi", "Selvi", "Thenmozhi", "Valli"],
        men: &["Arun", "Karthik", "Murugan", "Palani", "Senthil", "Siva", "Velu"],
        families: &["Annamalai", "Balasubramanian", "Krishnamurthy", "Natarajan", "Ramasamy", "Subramaniam"],
    },
    Tongue {
        women: &["Anusha", "Bhargavi", "Padmaja", "Sirisha", "Swathi", "Vijaya"],
        men: &["Chandrasekhar", "Hari Prasad", "Kiran", "Naveen", "Ravi Teja", "Srinivas"],
        families: &["Chowdary", "Naidu", "Rao", "Reddy", "Varma", "Yerram"],
    },
    Tongue {
        women: &["Bhagya", "Chaitra", "Deepa", "Roopa", "Sudha", "Veena"],
        men: &["Basavaraj", "Girish", "Manjunath", "Prakash", "Raghavendra", "Shivakumar"],
        families: &["Gowda", "Hegde", "Hiremath", "Kamath", "Shetty", "Bhat"],
    },
    Tongue {
        women: &["Amina", "Asha", "Bindu", "Jisha", "Lekha", "Sreeja"],
        men: &["Biju", "Jayan", "Rajeev", "Shaji", "Sreekumar", "Vinod"],
        families: &["Kurup", "Menon", "Nair", "Namboodiri", "Pillai", "Varghese"],
    },
    Tongue {
        women: &["Arpita", "Debjani", "Mousumi", "Paromita", "Sharmistha", "Tanushree"],
        men: &["Anirban", "Debashish", "Partha", "Prosenjit", "Subrata", "Tapan"],
        families: &["Banerjee", "Bose", "Chatterjee", "Das", "Ghosh", "Mukherjee", "Sengupta"],
    },
    Tongue {
        women: &["Gurpreet", "Harleen", "Jaspreet", "Manpreet", "Simran"],
        men: &["Amandeep", "Balwinder", "Gurmeet", "Harjit", "Sukhdev"],
        families: &["Bedi", "Dhillon", "Gill", "Grewal", "Sandhu", "Singh"],
    },
    Tongue {
        women: &["Ayesha", "Farzana", "Nasreen", "Rukhsana", "Shabana", "Zainab"],
        men: &["Abdul Rahim", "Aslam", "Feroz", "Javed", "Mohammed Irfan", "Salim"],
        families: &["Ansari", "Inamdar", "Khan", "Mulani", "Pathan", "Qureshi", "Shaikh", "Tamboli"],
    },
    Tongue {
        women: &["Conceição", "Fatima", "Glenda", "Maria", "Philomena"],
        men: &["Anthony", "Francis", "Inácio", "José", "Savio"],
        families: &["Almeida", "D'Souza", "Fernandes", "Gonsalves", "Pereira", "Rodrigues"],
    },
];

/// Parts of the towns where the demo's clinics are.
#[rustfmt::skip]
pub(super) fn areas(city: &str) -> &'static [(&'static str, &'static str)] {
    if city == "Nagpur" {
        &[("Dharampeth", "440010"), ("Sitabuldi", "440012"), ("Sadar", "440001"), ("Manewada", "440024"), ("Itwari", "440002"), ("Hingna", "441110")]
    } else {
        &[("Kothrud", "411038"), ("Hadapsar", "411028"), ("Sadashiv Peth", "411030"), ("Aundh", "411007"), ("Katraj", "411046"), ("Yerawada", "411006")]
    }
}

/// Streets that every town has.
pub(super) const STREETS: [&str; 10] = [
    "MG Road",
    "Station Road",
    "Tilak Path",
    "Shivaji Nagar",
    "Ganesh Lane",
    "Temple Street",
    "Nehru Marg",
    "Bazaar Peth",
    "Lake View Society",
    "Ambedkar Chowk",
];
